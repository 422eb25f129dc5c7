/**
 * Elements that go from one server to another: first they are there, then they are here no longer. Where someone else
 * took one meanwhile, it goes from there again.
 */
import { ascii } from '../ascii.js';
import { syntaxError } from '../conversation/replies.js';
import { bulkOf, integerOf } from '../reply/whole-reply.js';
import type { Service } from './service.js';
import { step } from './steps.js';

const none = ascii(':0\r\n');
const one = ascii(':1\r\n');

/** SMOVE. */
export const moveMember: Service = async ({ keys: [source, target], words }, host) => {
  const here = host.ownerOf(source);
  const there = host.ownerOf(target);
  const member = words[3];
  const [exists, isMember] = await Promise.all([
    step(here, 'EXISTS', source),
    step(here, 'SISMEMBER', source, member),
  ]);
  if (integerOf(exists) === 0) return none;
  if (integerOf(isMember) === 0) {
    // It may be of another type.
    await step(there, 'SCARD', target);
    return none;
  }
  const added = await step(there, 'SADD', target, member);
  const removed = await step(here, 'SREM', source, member);
  if (integerOf(removed) === 1) return one;
  if (integerOf(added) === 1) await step(there, 'SREM', target, member);
  return none;
};

/** LMOVE and RPOPLPUSH. An element is known by its value, so equal ones may stand for each other. */
export const moveElement: Service = async ({ keys: [source, target], words }, host) => {
  const ends = words.length > 3 ? words.slice(3).map(endOf) : [right, left];
  if (ends.includes(undefined)) return syntaxError;
  const [from, to] = ends as End[];
  const here = host.ownerOf(source);
  const there = host.ownerOf(target);
  for (;;) {
    const reply = await step(here, 'LINDEX', source, from.index);
    const value = bulkOf(reply);
    if (value === null) return reply;
    await step(there, to.push, target, value);
    if (integerOf(await step(here, 'LREM', source, from.first, value)) === 1) return reply;
    await step(there, 'LREM', target, to.first, value);
  }
};

/** One end of a list. */
interface End {
  readonly index: string;
  readonly push: string;
  /** The count with which LREM removes the element that is next to this end. */
  readonly first: string;
}

const left: End = { index: '0', push: 'LPUSH', first: '1' };
const right: End = { index: '-1', push: 'RPUSH', first: '-1' };
const ends: Readonly<Record<string, End>> = { left, right };

/** As redis-server reads it: in any letter case, and up to a NUL. */
function endOf(word: Buffer): End | undefined {
  return ends[word.toString('latin1').toLowerCase().split('\0', 1)[0]];
}
