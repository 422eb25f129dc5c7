/** What one asks a server about itself: here it is all of them that answer, as one. */

import { ascii } from '../../ascii.js';
import { isWord, textAt } from '../../commands/words.js';
import { errorReply } from '../../error-reply.js';
import { encodeCommand } from '../../request/encode-command.js';
import type { RespCommand } from '../../request/resp-command.js';
import { argumentOf } from '../arguments.js';
import type { ClientState } from '../client-state.js';
import { errand } from '../errand.js';
import type { LocalCommand, LocalCommands } from '../local-command.js';
import { asksEvery, least } from './every-server.js';
import { infoOf } from './merge-info.js';
import { mergeStats, writeStats } from './stats.js';
import { texts } from './texts.js';

const shard = ascii('shard');

/** Those that stand for many, as redis-server has them, and our own. */
const SECTIONS_WITH_OURS = ['all', 'default', 'everything', 'shardmux'];
/** More than the longest name of a section. */
const MAX_WORD = 32;

/** One big primary, whose replicas are nobody's business. */
const role = ascii('*3\r\n$6\r\nmaster\r\n:0\r\n*0\r\n');

const info: LocalCommand = asksEvery((command) => {
  const sections = wordsFrom(command, 1);
  const wantsOurs =
    sections.length === 0 || sections.some((each) => SECTIONS_WITH_OURS.includes(each.toLowerCase()));
  return (replies, conversation, names) =>
    infoOf(
      replies.map((reply) => reply.toString('latin1')),
      wantsOurs ? ourSection(conversation, names) : '',
    );
});

export const serverCommands: LocalCommands = {
  /** `INFO SHARD server [section …]`: of that one alone, by its name or its place in the topology. */
  info(conversation, command) {
    if (command.argCount < 3 || !isWord(command, 1, shard)) return info(conversation, command);
    const wanted = textAt(command, 2, 256);
    const sections = Array.from({ length: command.argCount - 3 }, (_, i) => argumentOf(command, i + 3));
    return errand(command.spec, async ({ nodes }) => {
      const node =
        nodes.find(({ name }) => name === wanted) ?? nodes[/^\d+$/.test(wanted) ? Number(wanted) : -1];
      if (node === undefined) return errorReply(`ERR No such shard: ${wanted}`);
      return node.ask(encodeCommand('INFO', ...sections));
    });
  },

  lastsave: asksEvery(() => least),
  'memory|doctor': texts,
  'memory|malloc-stats': texts,
  'memory|stats': asksEvery(
    () =>
      (replies, { protocol }) =>
        writeStats(mergeStats(replies), protocol),
  ),
  role: () => role,
};

function wordsFrom(command: RespCommand, first: number): string[] {
  return Array.from({ length: command.argCount - first }, (_, i) => textAt(command, first + i, MAX_WORD));
}

function ourSection({ realm }: ClientState, names: readonly string[]): string {
  const shards = names.map((name, i) => `shardmux_shard${i}:${name}\r\n`).join('');
  return `# Shardmux\r\nshardmux_clients:${realm.conversations.size}\r\nshardmux_shards:${names.length}\r\n${shards}`;
}
