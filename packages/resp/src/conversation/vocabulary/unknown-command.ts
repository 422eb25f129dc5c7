/**
 * A command, or a subcommand of one, that the table does not have.
 *
 *   known from a server ──► read anew by what that says
 *   not asked yet ──► an errand: asked ──► read anew, and served │ refused as unknown
 */
import type { Answer, ErrandHost } from '@shardmux/plugin-api';
import { isServedInPart } from '../../commands/policy.js';
import { Refusal } from '../../commands/refusal.js';
import { textAt } from '../../commands/words.js';
import { decodeWhole } from '../../request/decode-whole.js';
import type { RespCommand } from '../../request/resp-command.js';
import { bytesOf } from '../arguments.js';
import type { ClientState } from '../client-state.js';
import { errand } from '../errand.js';
import type { Vocabulary } from './vocabulary.js';

/** Serves what has become known, and refuses what has not. */
interface Server extends ClientState {
  route(command: RespCommand): Answer;
  refuse(command: RespCommand): Answer;
}

/** No command has a longer name. */
const MAX_NAME = 128;

export function isUnknown({ refusal }: RespCommand): boolean {
  return refusal === Refusal.unknownCommand || refusal === Refusal.unknownSubcommand;
}

/** Reads it anew where servers have said what it is. */
export function recognise(command: RespCommand, { vocabulary }: { vocabulary: Vocabulary | null }): void {
  if (vocabulary === null) return;
  const { refusal } = command;
  const spec = vocabulary.get(nameOf(command));
  if (!spec) return;
  command.readAs(spec);
  // A container that is learnt may have subcommands since.
  if (refusal === Refusal.unknownCommand && isUnknown(command)) recognise(command, { vocabulary });
}

/** `null` where it is not to be asked about. */
export function askAbout(conversation: Server, command: RespCommand): Answer {
  const { vocabulary } = conversation.realm;
  const name = nameOf(command);
  if (vocabulary === null || name === '' || vocabulary.get(name) !== undefined) return null;
  // Where nothing may wait, a transaction is gathered at once.
  if (conversation.transaction !== null && !conversation.client.mayWait) return null;
  const bytes = bytesOf(command);
  return errand(command.spec, async (host) => {
    await vocabulary.learn(name, host);
    const copy = decodeWhole(bytes);
    recognise(copy, conversation.realm);
    return serve(conversation, copy, host);
  });
}

function serve(
  conversation: Server,
  command: RespCommand,
  host: ErrandHost,
): Promise<Uint8Array> | Uint8Array {
  const answer = isUnknown(command) ? conversation.refuse(command) : conversation.route(command);
  if (answer instanceof Uint8Array) return answer;
  return answer?.kind === 'errand' ? answer.run(host) : host.dispatch(command);
}

/** What servers are to be asked about; empty where that is nothing. */
function nameOf(command: RespCommand): string {
  const isSubcommand = command.refusal === Refusal.unknownSubcommand;
  if (isSubcommand && isServedInPart(command.spec.row.name)) return '';
  const words = isSubcommand ? [wordAt(command, 0), wordAt(command, 1)] : [wordAt(command, 0)];
  // To servers a bar stands between a container and its subcommand.
  return words.some((word) => word.length === MAX_NAME || word.includes('|')) ? '' : words.join('|');
}

function wordAt(command: RespCommand, index: number): string {
  return textAt(command, index, MAX_NAME).toLowerCase();
}
