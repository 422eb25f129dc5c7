import type { Codec } from '@shardmux/plugin-api';
import { type ConformanceCase, conformanceCase } from '../conformance-case.js';
import type { CodecSamples } from './codec-samples.js';
import {
  encodesAlike,
  findsArguments,
  findsKeys,
  holdsToLimits,
  letsGo,
  staysInBound,
  tellsRanges,
} from './commands.js';
import { cutsIntoCommands, maySplit, writesHeads } from './fragments.js';
import { mayBroadcast, mergesAlike, mergesErrors, mergesReplies, staysInMergedBound } from './merging.js';
import {
  classifies,
  copiesValues,
  givesForms,
  namesErrors,
  readsToEnd,
  readsValues,
  returnsErrors,
  tellsPushes,
} from './replies.js';
import { decoderOf, framerOf } from './scanner.js';
import {
  expectsNoMore,
  findsOneByOne,
  findsWhole,
  keepsApart,
  leavesBytes,
  refusesMalformed,
  resumesAnywhere,
  type Scanning,
  stopsAtEnd,
} from './scanning.js';
import { Subject } from './subject.js';
import {
  answersCommands,
  opensUp,
  probesByCommand,
  repliesAlike,
  repliesToFailures,
  repliesToMalformed,
  shakesHands,
} from './talking.js';

type Suite = readonly [promise: string, prove: (subject: Subject) => void][];

const suite: Suite = [
  ['decodes every whole command', ofCommands(findsWhole)],
  ['decodes a command alike, in however many pieces it comes', ofCommands(resumesAnywhere)],
  ['expects no more bytes than a command has', ofCommands(expectsNoMore)],
  ['decodes nothing past the end of the bytes', ofCommands(stopsAtEnd)],
  ['decodes commands one after the other', ofCommands(findsOneByOne)],
  ['refuses malformed commands, in however many pieces they come', ofCommands(refusesMalformed)],
  ['keeps the decoders of two clients apart', ofCommands(keepsApart)],
  ['leaves the bytes of commands as they are', ofCommands(leavesBytes)],
  ['tells ranges that lie in the bytes of the command', tellsRanges],
  ['lets go of the bytes when it is released', letsGo],
  ['holds commands to the limits', holdsToLimits],
  ['encodes commands that are decoded to the same arguments', findsArguments],
  ['finds the keys of a command', findsKeys],
  ['encodes within the bound that it gives', staysInBound],
  ['keeps nothing between two encodings', encodesAlike],
  ['frames every whole reply', ofReplies(findsWhole)],
  ['frames a reply alike, in however many pieces it comes', ofReplies(resumesAnywhere)],
  ['expects no more bytes than a reply has', ofReplies(expectsNoMore)],
  ['frames nothing past the end of the bytes', ofReplies(stopsAtEnd)],
  ['frames replies one after the other', ofReplies(findsOneByOne)],
  ['refuses malformed replies, in however many pieces they come', ofReplies(refusesMalformed)],
  ['keeps the framers of two links apart', ofReplies(keepsApart)],
  ['leaves the bytes of replies as they are', ofReplies(leavesBytes)],
  ['tells the class of a reply', classifies],
  ['tells a push from a reply', tellsPushes],
  ['reads a reply to the end that was framed', readsToEnd],
  ['reads the value of a reply', readsValues],
  ['returns an error reply as a ReplyError', returnsErrors],
  ['gives texts and integers in the form that is asked for', givesForms],
  ['keeps nothing of the bytes in a value', copiesValues],
  ['calls an error reply by a short word', namesErrors],
  ['may split the commands that have fragments', maySplit],
  ['sends to every server the commands that concern all keys', mayBroadcast],
  ['cuts a command into commands with its keys', cutsIntoCommands],
  ['writes as much of a head as it says', writesHeads],
  ['merges the replies of all servers into the reply to the command', mergesReplies],
  ['merges an error among replies into an error', mergesErrors],
  ['merges within the bound that it gives', staysInMergedBound],
  ['keeps nothing between two mergings', mergesAlike],
  ['has a whole error reply for every failure', repliesToFailures],
  ['has the same reply to a failure each time', repliesAlike],
  ['has a whole error reply for malformed commands', repliesToMalformed],
  ['probes by one whole command', probesByCommand],
  ['shakes hands by whole commands, one for each reply', shakesHands],
  ['opens a conversation at once where there is no password, and only there', opensUp],
  ['answers a command by one whole reply', answersCommands],
];

/**
 * What every codec promises.
 * @param create gives a codec, as the plugin's `create` does
 */
export function codecSuite(create: () => Codec, samples: CodecSamples): ConformanceCase[] {
  return suite.map(([promise, prove]) =>
    conformanceCase(promise, (breach) => prove(new Subject(create(), samples, breach))),
  );
}

function ofCommands(prove: (scanning: Scanning) => void): (subject: Subject) => void {
  return (subject) => {
    const { breach, samples } = subject;
    const { commands: whole, malformedCommands: malformed } = samples;
    prove({ create: () => decoderOf(subject), whole, malformed, breach });
  };
}

function ofReplies(prove: (scanning: Scanning) => void): (subject: Subject) => void {
  return (subject) => {
    const { breach, samples } = subject;
    const whole = [...samples.replies.map(({ bytes }) => bytes), ...subject.pushes];
    prove({ create: () => framerOf(subject), whole, malformed: samples.malformedReplies, breach });
  };
}
