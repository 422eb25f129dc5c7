/**
 * What a client is told by us within a transaction: where its name or its id is asked for, say.
 *
 *   MULTI │ command │ ECHO, with ours in it │ … │ EXEC ──► server ──► replies, ours in its place ──► answered now
 *
 * So it counts among the transaction's bytes, and is done if, and when, the transaction is.
 */
import type { Errand, Run } from '@shardmux/plugin-api';
import { bulkOf, elementsOf } from '../../reply/whole-reply.js';
import { decodeWhole } from '../../request/decode-whole.js';
import { encodeCommand } from '../../request/encode-command.js';
import type { RespCommand } from '../../request/resp-command.js';
import { aclCommands } from '../acl-commands.js';
import { bytesOf } from '../arguments.js';
import type { ClientState } from '../client-state.js';
import { clientCommands } from '../clients/client-commands.js';
import { errand } from '../errand.js';
import type { LocalCommand } from '../local-command.js';
import { array } from '../replies.js';
import { trackingCommands } from '../tracking/tracking-commands.js';
import type { Transaction } from './transaction.js';

/** Those that ask nobody, and leave links and protocol as they are. */
const names = [
  ...['acl|cat', 'acl|dryrun', 'acl|genpass', 'acl|getuser', 'acl|list', 'acl|users', 'acl|whoami'],
  ...['client|getname', 'client|getredir', 'client|id', 'client|info', 'client|no-evict', 'client|setinfo'],
  ...['client|setname', 'client|trackinginfo'],
];
const all = { ...aclCommands, ...clientCommands, ...trackingCommands };
export const answeredWithin: ReadonlyMap<string, LocalCommand> = new Map(
  names.map((name) => [name, all[name]]),
);

/** What goes to the server for one of them. */
export function envelopeOf(command: RespCommand): RespCommand {
  return decodeWhole(encodeCommand('ECHO', bytesOf(command)));
}

/** @param run how the transaction is run. */
export function withOwnReplies(
  conversation: ClientState,
  { own, spec }: Transaction,
  run: Run | Errand,
): Errand {
  return errand(spec, async (host) => {
    const reply = await (run.kind === 'run' ? host.dispatchRun(run) : run.run(host));
    const elements = elementsOf(reply);
    if (elements === null) return reply;
    return array(elements.map((element, i) => (own.has(i) ? answerTo(conversation, element) : element)));
  });
}

function answerTo(conversation: ClientState, envelope: Uint8Array): Uint8Array {
  const command = decodeWhole(bulkOf(envelope) as Uint8Array);
  const answer = answeredWithin.get(command.spec.name)?.(conversation, command);
  return answer as Uint8Array;
}
