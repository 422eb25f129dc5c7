/** Commands that every server is asked, for which the merger of fragments knows no form. */
import { type ErrandHost, FailureError } from '@shardmux/plugin-api';
import { COLON, MINUS } from '../../ascii.js';
import { integerOf } from '../../reply/whole-reply.js';
import type { RespCommand } from '../../request/resp-command.js';
import { bytesOf } from '../arguments.js';
import type { ClientState } from '../client-state.js';
import { errand } from '../errand.js';
import type { LocalCommand } from '../local-command.js';

/** The replies in the order of the servers; none of them is an error. */
type Merge = (replies: readonly Buffer[], conversation: ClientState, names: readonly string[]) => Uint8Array;

/** An error from any of them is the reply. @param mergeOf what makes one reply of theirs. */
export function asksEvery(mergeOf: (command: RespCommand) => Merge): LocalCommand {
  return (conversation, command) => {
    const bytes = bytesOf(command);
    const merge = mergeOf(command);
    return errand(command.spec, (host) => ask(host, bytes, conversation, merge));
  };
}

async function ask(
  { nodes }: ErrandHost,
  bytes: Uint8Array,
  conversation: ClientState,
  merge: Merge,
): Promise<Uint8Array> {
  if (nodes.length === 0) throw new FailureError('refused');
  const replies = await Promise.all(nodes.map((node) => node.ask(bytes)));
  const error = replies.find((reply) => reply[0] === MINUS);
  return (
    error ??
    merge(
      replies.map((reply) => Buffer.from(reply)),
      conversation,
      nodes.map(({ name }) => name),
    )
  );
}

/** Of integers; what is none is the reply. */
export function least(replies: readonly Uint8Array[]): Uint8Array {
  const error = replies.find((reply) => reply[0] !== COLON);
  return error ?? replies.reduce((a, b) => (integerOf(a) <= integerOf(b) ? a : b));
}
