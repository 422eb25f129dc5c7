/** CLIENT: about connections to the pool, not about those to servers. */
import type { Answer } from '@shardmux/plugin-api';
import { ascii } from '../../ascii.js';
import { integerAt, isWord, textAt } from '../../commands/words.js';
import { errorReply } from '../../error-reply.js';
import type { RespCommand } from '../../request/resp-command.js';
import { argumentOf } from '../arguments.js';
import type { ClientState } from '../client-state.js';
import { errand } from '../errand.js';
import { badName, isName } from '../hello.js';
import type { LocalCommands } from '../local-command.js';
import { rejection, wrongSubcommand } from '../rejection.js';
import { bulk, integer, nil, notAnInteger, ok, syntaxError, verbatim } from '../replies.js';
import { readFilter, readType } from './client-filter.js';
import { clientLine } from './client-line.js';
import { type ClientOrder, carryOut, together } from './client-orders.js';
import { Silence } from './silence.js';

const [on, off, skip, all, write, timeout, error, type, id, libName, libVer] =
  'on off skip all write timeout error type id lib-name lib-ver'.split(' ').map(ascii);

const badClientId = errorReply('ERR Invalid client ID');
const noSuchClient = errorReply('ERR No such client');
const badReason = errorReply('ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR');
const badTimeout = errorReply('ERR timeout is not an integer or out of range');
const negativeTimeout = errorReply('ERR timeout is negative');
const badMode = errorReply('ERR CLIENT PAUSE mode must be WRITE or ALL');

export const clientCommands: LocalCommands = {
  'client|getname': ({ name, protocol }) => (name.length === 0 ? nil(protocol) : bulk(name)),
  'client|id': (conversation) => integer(conversation.id),
  'client|info': (conversation) => verbatim(clientLine(conversation), conversation.protocol),

  'client|kill'(conversation, command) {
    const filter = readFilter(command, conversation.realm.access.users);
    if (filter instanceof Uint8Array) return filter;
    return order(conversation, command, { kind: 'kill', filter }, (killed) => {
      if (command.argCount > 3) return integer(Number(killed));
      return killed === 0 ? noSuchClient : ok;
    });
  },

  'client|list'(conversation, command) {
    const listed = readList(command);
    if (listed instanceof Uint8Array) return listed;
    return order(conversation, command, listed, (lines) => verbatim(String(lines), conversation.protocol));
  },

  'client|no-evict'(conversation, command) {
    const isOn = isWord(command, 2, on);
    if (!isOn && !isWord(command, 2, off)) return syntaxError;
    conversation.isKept = isOn;
    return ok;
  },

  /** Only where later is a time for commands: elsewhere nobody but the one that asks would wait. */
  'client|pause'(conversation, command) {
    if (!conversation.client.mayWait) return rejection(command);
    const writesOnly = command.argCount === 4 && isWord(command, 3, write);
    if (command.argCount > 4) return wrongSubcommand(command);
    if (command.argCount === 4 && !writesOnly && !isWord(command, 3, all)) return badMode;
    const ms = integerAt(command, 2);
    if (Number.isNaN(ms)) return badTimeout;
    if (ms < 0) return negativeTimeout;
    return order(conversation, command, { kind: 'pause', ms, writesOnly }, () => ok);
  },

  'client|reply': reply,

  'client|setinfo'(_, command) {
    const [option, value] = [textAt(command, 2, 128), 3];
    if (!isWord(command, 2, libName) && !isWord(command, 2, libVer))
      return errorReply(`ERR Unrecognized option '${option}'`);
    if (isName(command, value)) return ok;
    return errorReply(`ERR ${option.toLowerCase()} cannot contain spaces, newlines or special characters.`);
  },

  'client|setname'(conversation, command) {
    if (!isName(command, 2)) return badName;
    conversation.name = argumentOf(command, 2);
    return ok;
  },

  'client|unblock'(conversation, command) {
    const isError = command.argCount === 4 && isWord(command, 3, error);
    if (command.argCount > 4) return wrongSubcommand(command);
    if (command.argCount === 4 && !isError && !isWord(command, 3, timeout)) return badReason;
    const target = integerAt(command, 2);
    if (Number.isNaN(target)) return notAnInteger;
    const reason = isError ? 'ERROR' : 'TIMEOUT';
    return order(conversation, command, { kind: 'unblock', id: target, reason }, (count) =>
      integer(Number(count)),
    );
  },

  'client|unpause': (conversation, command) => order(conversation, command, { kind: 'unpause' }, () => ok),
};

/** The reply to it is not wanted either, but where it turns replies on. */
function reply(conversation: ClientState, command: RespCommand): Answer {
  if (isWord(command, 2, on)) conversation.silence = Silence.none;
  else if (isWord(command, 2, off)) conversation.silence = Silence.always;
  else if (!isWord(command, 2, skip)) return syntaxError;
  else if (conversation.silence === Silence.none) conversation.silence = Silence.once;
  conversation.muted = conversation.silence !== Silence.none;
  return ok;
}

/** Reads `CLIENT LIST [TYPE type | ID id …]`; an error reply where it is wrong. */
function readList(command: RespCommand): Extract<ClientOrder, { kind: 'list' }> | Uint8Array {
  const { argCount } = command;
  if (argCount === 2) return { kind: 'list', type: null, ids: null };
  if (argCount === 4 && isWord(command, 2, type)) {
    const given = readType(command, 3);
    return given instanceof Uint8Array ? given : { kind: 'list', type: given, ids: null };
  }
  if (argCount === 3 || !isWord(command, 2, id)) return syntaxError;
  const ids = Array.from({ length: argCount - 3 }, (_, i) => integerAt(command, i + 3));
  return ids.some(Number.isNaN) ? badClientId : { kind: 'list', type: null, ids };
}

/** What unblocks has a server to ask, and a turn to wait for; the rest is done at once, but for other processes' part. */
function order(
  conversation: ClientState,
  command: RespCommand,
  given: ClientOrder,
  replyTo: (result: string | number) => Uint8Array,
): Answer {
  const { realm } = conversation;
  const own = given.kind === 'unblock' ? null : carryOut(realm, given, conversation);
  if (typeof own !== 'object' && realm.peers === null) return replyTo(own);
  return errand(command.spec, async () => {
    const mine = await (own ?? carryOut(realm, given, conversation));
    return replyTo(together(mine, (await realm.peers?.ask(given)) ?? []));
  });
}
