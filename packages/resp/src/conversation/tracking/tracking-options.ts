import { ascii } from '../../ascii.js';
import type { Arguments } from '../../commands/refusal.js';
import { integerAt, isWord } from '../../commands/words.js';
import { argumentOf } from '../arguments.js';

const [redirect, bcast, optin, optout, noloop, prefix] = [
  ...['redirect', 'bcast', 'optin', 'optout', 'noloop', 'prefix'],
].map(ascii);

/** What `CLIENT TRACKING ON` asks for. */
export interface TrackingOptions {
  /** What servers are told: the client's own words without REDIRECT, whose id they do not know. */
  readonly words: readonly Uint8Array[];
  readonly isBroadcast: boolean;
  readonly optsIn: boolean;
  readonly optsOut: boolean;
  readonly noLoop: boolean;
  readonly prefixes: readonly Uint8Array[];
  /** Some word is no option. */
  readonly isMalformed: boolean;
  /** Who is told; 0: the client itself. NaN: what stands there is no id. */
  readonly redirect: number;
}

/** Reads the options behind `CLIENT TRACKING ON` or `OFF`. Which of them go together, a server says. */
export function readTrackingOptions(command: Arguments): TrackingOptions {
  const words: Uint8Array[] = [];
  const prefixes: Uint8Array[] = [];
  const found = {
    isBroadcast: false,
    optsIn: false,
    optsOut: false,
    noLoop: false,
    redirect: 0,
    isMalformed: false,
  };
  for (let i = 3; i < command.argCount; i++) {
    const hasNext = i + 1 < command.argCount;
    if (hasNext && isWord(command, i, redirect)) {
      found.redirect = integerAt(command, ++i);
      continue;
    }
    words.push(argumentOf(command, i));
    if (isWord(command, i, bcast)) found.isBroadcast = true;
    else if (isWord(command, i, optin)) found.optsIn = true;
    else if (isWord(command, i, optout)) found.optsOut = true;
    else if (isWord(command, i, noloop)) found.noLoop = true;
    else if (hasNext && isWord(command, i, prefix)) {
      words.push(argumentOf(command, ++i));
      prefixes.push(argumentOf(command, i));
    } else found.isMalformed = true;
  }
  return { ...found, words, prefixes };
}

/** Broadcasting again adds to the prefixes that there are. */
export function withPrefixesOf(options: TrackingOptions, earlier: TrackingOptions | null): TrackingOptions {
  if (earlier === null || !options.isBroadcast || !earlier.isBroadcast) return options;
  const more = earlier.prefixes.flatMap((each) => [prefix, each]);
  return {
    ...options,
    words: [...options.words, ...more],
    prefixes: [...earlier.prefixes, ...options.prefixes],
  };
}
