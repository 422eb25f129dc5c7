/** The slow logs of all servers as one. */
import { integerAt } from '../../commands/words.js';
import { elementsOf } from '../../reply/whole-reply.js';
import type { LocalCommands } from '../local-command.js';
import { array } from '../replies.js';
import { asksEvery } from './every-server.js';

/** How many entries redis-server tells of unless told. */
const DEFAULT_COUNT = 10;

/** An entry begins with its id and the second in which it was. */
const ENTRY_HEAD = /^(\*\d+\r\n):(\d+)\r\n:(\d+)\r\n/;
const MAX_HEAD_LENGTH = 64;

interface Entry {
  readonly second: number;
  readonly bytes: Buffer;
}

export const slowlogCommands: LocalCommands = {
  /** Newest first; those of one second in the order of the servers. */
  'slowlog|get': asksEvery((command) => {
    const asked = command.argCount > 2 ? integerAt(command, 2) : DEFAULT_COUNT;
    const count = asked < 0 ? Number.POSITIVE_INFINITY : asked;
    return (replies) => {
      const entries = replies.flatMap((reply, server) => entriesOf(reply, server, replies.length));
      entries.sort((a, b) => b.second - a.second);
      return array(entries.slice(0, count).map(({ bytes }) => bytes));
    };
  }),
};

/** With ids that are those of no other server: `id × servers + server`. */
function entriesOf(reply: Buffer, server: number, servers: number): Entry[] {
  return (elementsOf(reply) ?? []).map((element) => {
    const entry = Buffer.from(element);
    const [head, size, id, second] = ENTRY_HEAD.exec(entry.toString('latin1', 0, MAX_HEAD_LENGTH)) ?? [''];
    const own = Buffer.from(`${size}:${Number(id) * servers + server}\r\n:${second}\r\n`);
    return { second: Number(second), bytes: Buffer.concat([own, entry.subarray(head.length)]) };
  });
}
