import { ascii } from '../../ascii.js';
import type { Arguments } from '../../commands/refusal.js';
import { integerAt, isWord } from '../../commands/words.js';
import { errorReply } from '../../error-reply.js';
import { argumentOf } from '../arguments.js';
import { notAnInteger, syntaxError } from '../replies.js';

const [redirect, bcast, optin, optout, noloop, prefix] = [
  ...['redirect', 'bcast', 'optin', 'optout', 'noloop', 'prefix'],
].map(ascii);

export const noSuchClient = errorReply('ERR The client ID you want redirect to does not exist');
const oneIsEnough = errorReply('ERR A client can only redirect to a single other client');

/** What `CLIENT TRACKING ON` asks for. */
export interface TrackingOptions {
  /** What servers are told: the client's own words without REDIRECT, whose id they do not know. */
  readonly words: readonly Uint8Array[];
  readonly isBroadcast: boolean;
  readonly optsIn: boolean;
  readonly optsOut: boolean;
  readonly noLoop: boolean;
  readonly prefixes: readonly Uint8Array[];
  /** Who is told; 0: the client itself. */
  readonly redirect: number;
}

/**
 * Reads the options behind `CLIENT TRACKING ON` or `OFF`; an error reply where one is wrong by itself. Which of them go
 * together, a server says.
 * @param mayBe whether there may be a client of this id.
 */
export function readTrackingOptions(
  command: Arguments,
  mayBe: (id: number) => boolean,
): TrackingOptions | Uint8Array {
  const words: Uint8Array[] = [];
  const prefixes: Uint8Array[] = [];
  const found = { isBroadcast: false, optsIn: false, optsOut: false, noLoop: false, redirect: 0 };
  for (let i = 3; i < command.argCount; i++) {
    const hasNext = i + 1 < command.argCount;
    if (hasNext && isWord(command, i, redirect)) {
      if (found.redirect !== 0) return oneIsEnough;
      found.redirect = integerAt(command, ++i);
      if (Number.isNaN(found.redirect)) return notAnInteger;
      if (!mayBe(found.redirect)) return noSuchClient;
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
    } else return syntaxError;
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
