import type { Transport } from '@shardmux/plugin-api';
import { type ConformanceCase, timedCase } from '../conformance-case.js';
import { TIME_LIMIT } from '../proof.js';
import { keepsChannelsApart, receivesWhole, sendsWhole, staysInRange, talksToItself } from './carrying.js';
import {
  closesOnce,
  closesWhenBothEnded,
  destroysTwice,
  destroysWhileConnecting,
  drainsAtEnd,
  dropsConnection,
  endsAfterWrites,
  neverCallsBack,
  tellsEnd,
  tellsLoss,
  writesAfterEnd,
} from './closing.js';
import { drainsLate, freesTakenRanges, holdsWhilePaused, resumes, saysFull, tellsDrained } from './flow.js';
import { Harness, type SecureSockets } from './harness.js';
import {
  closesListenerTwice,
  freesPort,
  rejectsListening,
  rejectsTakenPort,
  tellsPort,
  turnsAway,
} from './listening.js';
import { givesUpConnecting, namesOtherSide, opensFirst, tellsRefusal } from './opening.js';

export interface TransportSuiteOptions {
  /** False for one that only connects. */
  readonly listens?: boolean;
  /** What the sockets that it is tried against must be wrapped in. Left out where it speaks plain TCP. */
  readonly secure?: SecureSockets;
  /** How long one check may take, in ms: 4,000 unless told. */
  readonly limit?: number;
}

type Suite = readonly [promise: string, prove: (harness: Harness) => Promise<void>][];

const forAll: Suite = [
  ['tells first, and once, that a connection stands; nothing of the kind for an accepted one', opensFirst],
  ['names the other side by host and port', namesOtherSide],
  ['closes with the cause, which has a code, where a connection is refused', tellsRefusal],
  ['gives up connecting after connectTimeout', givesUpConnecting],
  ['sends every byte of a range, and no other, in order', sendsWhole],
  ['receives every byte in order', receivesWhole],
  ['keeps the bytes of many channels apart', keepsChannelsApart],
  ['tells ranges that lie in their bytes, and reads into the read region alone', staysInRange],
  ['gives a range back when write says true', freesTakenRanges],
  ['says false when the kernel takes no more', saysFull],
  ['tells drained only when the kernel has taken all', drainsLate],
  ['tells drained after write has said false', tellsDrained],
  ['receives nothing while paused, however often', holdsWhilePaused],
  ['goes on where it was when resumed, however often', resumes],
  ['tells the end of the other side once, after all its bytes', tellsEnd],
  ['may write on after the other side has ended', writesAfterEnd],
  ['sends what was written before it ends', endsAfterWrites],
  ['tells drained when the end is sent', drainsAtEnd],
  ['closes without a cause when both sides have ended, and not before', closesWhenBothEnded],
  ['closes with a cause when the connection is lost', tellsLoss],
  ['drops the connection when it is destroyed', dropsConnection],
  ['may be destroyed twice', destroysTwice],
  ['is never told open when it was destroyed while it connected', destroysWhileConnecting],
  ['tells closed once, and nothing after it', closesOnce],
  ['never calls a handler from within a call to the channel', neverCallsBack],
];

const forListening: Suite = [
  ['listens on the port that it tells', tellsPort],
  ['rejects listen where the port is taken', rejectsTakenPort],
  ['closes a connection at once for which there is no handler', turnsAway],
  ['frees its endpoint when a listener closes, and lets open channels live', freesPort],
  ['may have a listener closed twice', closesListenerTwice],
  ['carries bytes between channels of its own', talksToItself],
];

const forConnectingOnly: Suite = [['rejects listen, for it only connects', rejectsListening]];

/**
 * What every transport promises, tried on loopback against sockets of Node and against itself.
 * @param create gives a new instance, as the plugin's `create` does
 */
export function transportSuite(
  create: () => Transport,
  { listens = true, secure, limit = TIME_LIMIT }: TransportSuiteOptions = {},
): ConformanceCase[] {
  const suite = [...forAll, ...(listens ? forListening : forConnectingOnly)];
  return suite.map(([promise, prove]) =>
    timedCase(promise, limit, (proof) => prove(new Harness(proof, create(), listens, secure))),
  );
}
