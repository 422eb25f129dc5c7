/**
 * A command that the table does not have.
 *
 *   known from a server ──► read anew by what that says
 *   not asked yet ──► an errand: asked ──► read anew, and served │ refused as unknown
 */
import type { Answer, ErrandHost } from '@shardmux/plugin-api';
import { Refusal } from '../../commands/refusal.js';
import { textAt } from '../../commands/words.js';
import { decodeWhole } from '../../request/decode-whole.js';
import type { RespCommand } from '../../request/resp-command.js';
import { bytesOf } from '../arguments.js';
import type { RespConversation } from '../conversation.js';
import { errand } from '../errand.js';
import type { Vocabulary } from './vocabulary.js';

/** No command has a longer name. */
const MAX_NAME = 128;

/** Reads it anew where servers have said what it is. */
export function recognise(command: RespCommand, { vocabulary }: { vocabulary: Vocabulary | null }): void {
  const spec = vocabulary?.get(nameOf(command));
  if (spec) command.readAs(spec);
}

/** `null` where it is not to be asked about. */
export function askAbout(conversation: RespConversation, command: RespCommand): Answer {
  const { vocabulary } = conversation.realm;
  const name = nameOf(command);
  const isAskedFor = vocabulary !== null && name.length < MAX_NAME && vocabulary.get(name) === undefined;
  // Where nothing may wait, a transaction is gathered at once.
  if (!isAskedFor || (conversation.transaction !== null && !conversation.client.mayWait)) return null;
  const bytes = bytesOf(command);
  return errand(command.spec, async (host) => {
    await vocabulary.learn(name, host);
    const copy = decodeWhole(bytes);
    recognise(copy, conversation.realm);
    return serve(conversation, copy, host);
  });
}

function serve(
  conversation: RespConversation,
  command: RespCommand,
  host: ErrandHost,
): Promise<Uint8Array> | Uint8Array {
  const answer =
    command.refusal === Refusal.unknownCommand ? conversation.refuse(command) : conversation.route(command);
  if (answer instanceof Uint8Array) return answer;
  return answer?.kind === 'errand' ? answer.run(host) : host.dispatch(command);
}

function nameOf(command: RespCommand): string {
  return textAt(command, 0, MAX_NAME).toLowerCase();
}
