/** What is about a script that runs: on connections of its own, since all others wait for the script's end. */
import { type ErrandNode, FailureError } from '@shardmux/plugin-api';
import { bytesOf } from '../arguments.js';
import { errand } from '../errand.js';
import type { LocalCommand, LocalCommands } from '../local-command.js';

/** A server listens to nobody before a script has run so long (`busy-reply-threshold`), in ms. */
const DEAF = 5_000;

/** @param isTelling whether a server's reply is more than that nothing runs there; the first such is the reply. */
function asks(isTelling: (reply: string) => boolean): LocalCommand {
  return (_, command) => {
    const bytes = bytesOf(command);
    return errand(command.spec, async ({ nodes }) => {
      const replies = await Promise.all(nodes.map((node) => askAlone(node, bytes)));
      if (replies.length === 0) throw new FailureError('refused');
      return replies.find((reply) => isTelling(Buffer.from(reply).toString('latin1'))) ?? replies[0];
    });
  };
}

const kill = asks((reply) => !reply.startsWith('-NOTBUSY'));

/** It begins with the script that runs, or with none. */
const NOTHING_RUNS = /running_script\r\n(\$-1|\*-1|_)\r\n/;

export const runningScriptCommands: LocalCommands = {
  'function|kill': kill,
  'function|stats': asks((reply) => !NOTHING_RUNS.test(reply)),
  'script|kill': kill,
};

async function askAlone(node: ErrandNode, bytes: Uint8Array): Promise<Uint8Array> {
  const link = node.lease();
  const reply = await link.ask(bytes, 1, DEAF);
  link.release();
  return reply;
}
