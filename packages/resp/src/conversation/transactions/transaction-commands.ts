/**
 * What holds together.
 *
 *   WATCH ──► keys watched on a connection of its own ──► EXEC there ──► connection given back
 *                                                     └─► UNWATCH, DISCARD ──► likewise
 *   MULTI ──► gathering ── EXEC ──► one run, on the connection that all share where no key is watched
 */
import { type Answer, type Errand, type ErrandHost, FailureError, type Run } from '@shardmux/plugin-api';
import { ascii } from '../../ascii.js';
import type { RespCommandSpec } from '../../commands/command-spec.js';
import { commands } from '../../commands/commands.js';
import { errorReply } from '../../error-reply.js';
import { keysOf } from '../arguments.js';
import type { ClientState } from '../client-state.js';
import { errand, ownerOfAll } from '../errand.js';
import type { LocalCommands } from '../local-command.js';
import { rejection } from '../rejection.js';
import { nullArray, ok } from '../replies.js';
import { provisioned } from '../scripts/script-commands.js';
import type { Caching } from '../tracking/tracking.js';
import { runWithCaching } from '../tracking/tracking-commands.js';
import { withOwnReplies } from './own-replies.js';
import { Transaction } from './transaction.js';
import { Watch } from './watch.js';

const nested = errorReply('ERR MULTI calls can not be nested');
const aborted = errorReply('EXECABORT Transaction discarded because of previous errors.');
const watchWithin = errorReply('ERR WATCH inside MULTI is not allowed');

const exec = commands.lookup(ascii('exec'), 0, 4) as RespCommandSpec;

export const transactionCommands: LocalCommands = {
  multi(conversation, command) {
    const { maxRunBytes } = conversation.realm;
    if (maxRunBytes === 0) return rejection(command);
    if (conversation.transaction !== null) return nested;
    conversation.transaction = new Transaction(exec, maxRunBytes);
    return ok;
  },

  exec(conversation, command) {
    const { transaction, watch } = conversation;
    if (conversation.realm.maxRunBytes === 0) return rejection(command);
    conversation.transaction = null;
    if (transaction === null) return errorReply('ERR EXEC without MULTI');
    if (transaction.isSpoilt) return unwatched(conversation, command.spec, aborted);
    transaction.close();
    const caching = conversation.tracking?.takeCaching() ?? null;
    const run = provisioned(
      transaction,
      watch === null ? conversation.client.connectionFor(transaction) : null,
    );
    const whole = wholeOf(conversation, run, caching, watch);
    return transaction.own.size === 0 ? whole : withOwnReplies(conversation, transaction, whole);
  },

  discard(conversation, command) {
    const { transaction } = conversation;
    if (conversation.realm.maxRunBytes === 0) return rejection(command);
    conversation.transaction = null;
    if (transaction === null) return errorReply('ERR DISCARD without MULTI');
    return unwatched(conversation, command.spec, ok);
  },

  watch(conversation, command) {
    if (conversation.transaction !== null) return watchWithin;
    const keys = keysOf(command);
    return errand(command.spec, async (host) => {
      const owner = ownerOfAll(host, keys);
      const known = conversation.watch;
      if (known?.isOver(host)) return ok;
      if (known !== null && known.node !== owner.name) throw new FailureError('crossSlot');
      const watch = known ?? new Watch(owner.lease(), conversation);
      conversation.watch = watch;
      return watch.add(host, keys);
    });
  },

  unwatch: (conversation, command) => unwatched(conversation, command.spec, ok),
};

/** How a transaction runs. @param watch where it is to. */
function wholeOf(
  conversation: ClientState,
  run: Run,
  caching: Caching | null,
  watch: Watch | null,
): Run | Errand {
  if (watch !== null) return errand(exec, (host) => execWatched(conversation, watch, run, host));
  return caching === null ? run : runWithCaching(run, exec, caching);
}

async function execWatched(
  conversation: ClientState,
  watch: Watch,
  run: Run,
  host: ErrandHost,
): Promise<Uint8Array> {
  conversation.watch = null;
  try {
    if (!watch.isOver(host)) {
      const keys = keysOf(run);
      if (keys.length > 0 && ownerOfAll(host, keys).name !== watch.node) throw new FailureError('crossSlot');
      const reply = await watch.exec(host, run.bytes.subarray(run.start, run.end), run.replies);
      if (reply !== null) return reply;
    }
    watch.close();
    return nullArray(conversation.protocol);
  } catch (error) {
    watch.close();
    throw error;
  } finally {
    watch.release();
  }
}

/** Gives the connection back on which keys are watched, if there is one. */
function unwatched(conversation: ClientState, spec: RespCommandSpec, reply: Uint8Array): Answer {
  const { watch } = conversation;
  if (watch === null) return reply;
  conversation.watch = null;
  return errand(spec, async () => {
    await watch.end();
    return reply;
  });
}
