/** Keys that stand behind options, found by reading the options as redis-server reads them. */
import { ASTERISK, ascii, CLOSING_BRACE, OPENING_BRACE } from '../ascii.js';
import { type Arguments, type KeyFinder, Refusal } from './refusal.js';
import { isInteger, isWord } from './words.js';

const [asc, desc, alpha, limit, by, get, store, storeDist] = words(
  'asc desc alpha limit by get store storedist',
);
const [block, count, noAck, group, streams] = words('block count noack group streams');

function words(list: string): Uint8Array[] {
  return list.split(' ').map(ascii);
}

/**
 * SORT and SORT_RO. Patterns of BY and GET that name other keys must have a hash tag in braces, and then count as
 * keys themselves: only with the same tag do the keys that they will name lie on the same server. The last STORE is
 * the one that is obeyed.
 */
export function sortKeys(command: Arguments, keys: Int32Array): number {
  const { argCount } = command;
  let found = 0;
  let destination = 0;
  keys[found++] = 1;
  for (let i = 2; i < argCount; i++) {
    const left = argCount - i - 1;
    if (isWord(command, i, asc) || isWord(command, i, desc) || isWord(command, i, alpha)) continue;
    if (left >= 2 && isWord(command, i, limit)) {
      if (!isInteger(command, i + 1) || !isInteger(command, i + 2)) return Refusal.notAnInteger;
      i += 2;
    } else if (left >= 1 && isWord(command, i, store)) destination = ++i;
    else if (left >= 1 && (isWord(command, i, by) || isWord(command, i, get))) {
      if (!isPattern(command, ++i)) continue;
      if (!hasTag(command, i)) return Refusal.untaggedPattern;
      keys[found++] = i;
    } else return Refusal.syntax;
  }
  if (destination > 0) keys[found++] = destination;
  return found;
}

function isPattern(command: Arguments, index: number): boolean {
  const end = command.argEnd(index);
  for (let at = command.argStart(index); at < end; at++) {
    if (command.bytes[at] === ASTERISK) return true;
  }
  return false;
}

function hasTag(command: Arguments, index: number): boolean {
  const end = command.argEnd(index);
  let at = command.argStart(index);
  while (at < end && command.bytes[at] !== OPENING_BRACE) at++;
  while (at < end && command.bytes[at] !== CLOSING_BRACE) at++;
  return at < end;
}

/**
 * GEORADIUS and GEORADIUSBYMEMBER: the last STORE or STOREDIST is the one that is obeyed.
 * @param options where the options begin.
 */
export function geoRadiusKeys(options: number): KeyFinder {
  return (command, keys) => {
    let destination = 0;
    for (let i = options; i + 1 < command.argCount; i++) {
      if (isWord(command, i, store) || isWord(command, i, storeDist)) destination = ++i;
    }
    keys[0] = 1;
    if (destination === 0) return 1;
    keys[1] = destination;
    return 2;
  };
}

/** XREAD and XREADGROUP: behind STREAMS stand as many keys as IDs. */
export function streamKeys(command: Arguments, keys: Int32Array): number {
  const { argCount } = command;
  for (let i = 1; i < argCount; i++) {
    const left = argCount - i - 1;
    if (left >= 1 && isWord(command, i, streams)) {
      if (left % 2 !== 0) return Refusal.unbalancedStreams;
      for (let key = 0; key < left / 2; key++) keys[key] = i + 1 + key;
      return left / 2;
    }
    if (left >= 1 && isWord(command, i, count)) {
      if (!isInteger(command, ++i)) return Refusal.notAnInteger;
    } else if (left >= 1 && isWord(command, i, block)) i++;
    else if (left >= 2 && isWord(command, i, group)) i += 2;
    else if (!isWord(command, i, noAck)) return Refusal.syntax;
  }
  return Refusal.syntax;
}

/** PUBLISH, whose channel is placed as a key would be. */
export const channelKey: KeyFinder = (_, keys) => {
  keys[0] = 1;
  return 1;
};

/** What the table calls keys are names of channels, and each is a thing of its own. */
export const noKeys: KeyFinder = () => 0;
