/**
 * WAIT for the replicas of all servers that the conversation wrote to.
 *
 *   all before it is answered ──► PUBLISH, WAIT on a connection of its own to each ──► the least
 *
 * A server waits for what the same connection did last. What the conversation wrote came by others, so something
 * that goes to the replicas is done first: the replicas that have that have all that came before. PUBLISH keeps
 * nothing, and few listen. (A server in cluster mode does not send it to replicas: before Redis 7.2 it waits all the
 * same, later ones do not.)
 */

import type { ErrandHost, ErrandNode } from '@shardmux/plugin-api';
import { COLON } from '../../ascii.js';
import { textAt } from '../../commands/words.js';
import { encodeCommand } from '../../request/encode-command.js';
import { bytesOf } from '../arguments.js';
import { patienceFor } from '../clients/wanted.js';
import { errand } from '../errand.js';
import type { LocalCommands } from '../local-command.js';
import { least } from './every-server.js';

const mark = encodeCommand('PUBLISH', '__shardmux__:wait', '');

export const waitCommands: LocalCommands = {
  wait(_, command) {
    const request = bytesOf(command);
    const patience = patienceFor(Number(textAt(command, 2, 32)));
    return errand(command.spec, async (host) => least(await wait(host, request, patience)), true);
  },
};

/** Where nothing was written, all replicas count. */
function wait(host: ErrandHost, request: Uint8Array, patience: number): Promise<Uint8Array[]> {
  const nodes = host.written.length > 0 ? host.written : host.nodes;
  return Promise.all(nodes.map((node) => waitOn(node, request, patience)));
}

async function waitOn(node: ErrandNode, request: Uint8Array, patience: number): Promise<Uint8Array> {
  const link = node.lease();
  const [marked, replicas] = await Promise.all([link.ask(mark), link.ask(request, 1, patience)]);
  link.release();
  return marked[0] === COLON ? replicas : marked;
}
