/** Of the commands for which the table leaves open where their keys are, or what is done with them. */
import { ascii } from '../ascii.js';
import type { Arguments } from '../commands/refusal.js';
import { isWord } from '../commands/words.js';
import { type KeyReferences, KeyRight } from './key-references.js';

/** Adds the keys of a command that has as many arguments as it needs. */
export type ReferenceFinder = (command: Arguments, keys: KeyReferences) => void;

const [get, overflow, store, storeDist, limit, by, keysWord] = words(
  'get overflow store storedist limit by keys',
);
const [streams, count, block, group, noAck] = words('streams count block group noack');

function words(list: string): Uint8Array[] {
  return list.split(' ').map(ascii);
}

export const ownFinders: Readonly<Record<string, ReferenceFinder>> = {
  bitfield: (command, keys) => keys.add(1, onlyReads(command) ? KeyRight.read : KeyRight.readWrite),
  georadius: geoRadius(6),
  georadiusbymember: geoRadius(5),
  migrate,
  set: (command, keys) => keys.add(1, showsOldValue(command) ? KeyRight.readWrite : KeyRight.write),
  sort,
  sort_ro: (_command, keys) => keys.add(1, KeyRight.read),
  xread: readStreams(1),
  xreadgroup: readStreams(4),
};

function showsOldValue(command: Arguments): boolean {
  for (let i = 3; i < command.argCount; i++) if (isWord(command, i, get)) return true;
  return false;
}

function onlyReads(command: Arguments): boolean {
  for (let i = 2; i < command.argCount; i++) {
    const left = command.argCount - i - 1;
    if (left >= 2 && isWord(command, i, get)) i += 2;
    else if (left >= 1 && isWord(command, i, overflow)) i++;
    else return false;
  }
  return true;
}

/** The last STORE is the one that is obeyed. What BY and GET name is the session's to refuse. */
function sort(command: Arguments, keys: KeyReferences): void {
  let destination = 0;
  for (let i = 2; i < command.argCount; i++) {
    if (isWord(command, i, limit)) i += 2;
    else if (isWord(command, i, get) || isWord(command, i, by)) i++;
    else if (isWord(command, i, store) && i + 1 < command.argCount) destination = i + 1;
  }
  keys.add(1, KeyRight.read);
  if (destination > 0) keys.add(destination, KeyRight.write);
}

/** @param options where they begin. */
function geoRadius(options: number): ReferenceFinder {
  return (command, keys) => {
    keys.add(1, KeyRight.read);
    for (let i = options; i + 1 < command.argCount; i++) {
      if (isWord(command, i, store) || isWord(command, i, storeDist)) keys.add(++i, KeyRight.write);
    }
  };
}

/**
 * Redis-server takes the first STREAMS, be it a group's name. Where the options can be read it is the one that counts.
 * @param options where STREAMS is looked for in those that cannot be read.
 */
function readStreams(options: number): ReferenceFinder {
  return (command, keys) => {
    const first = behindOptions(command) || behindKeyword(command, options);
    const end = first + Math.floor((command.argCount - first) / 2);
    for (let position = first; position < end; position++) keys.add(position, KeyRight.read);
  };
}

/** Where the streams begin; 0 where something else than an option comes before. */
function behindOptions(command: Arguments): number {
  for (let i = 1; i < command.argCount; i++) {
    if (isWord(command, i, streams)) return i + 1;
    if (isWord(command, i, count) || isWord(command, i, block)) i++;
    else if (isWord(command, i, group)) i += 2;
    else if (!isWord(command, i, noAck)) return 0;
  }
  return 0;
}

function behindKeyword(command: Arguments, from: number): number {
  let at = from;
  while (at < command.argCount && !isWord(command, at, streams)) at++;
  return at + 1;
}

/** One key, or an empty one and those behind KEYS. */
function migrate(command: Arguments, keys: KeyReferences): void {
  let keyword = 6;
  while (keyword < command.argCount && !isWord(command, keyword, keysWord)) keyword++;
  const isEmpty = command.argStart(3) === command.argEnd(3);
  if (keyword >= command.argCount || !isEmpty) keys.add(3, KeyRight.readWrite);
  else for (let i = keyword + 1; i < command.argCount; i++) keys.add(i, KeyRight.readWrite);
}
