/** Which clients CLIENT KILL means. */
import type { Users } from '../../access/users.js';
import { ascii } from '../../ascii.js';
import { integerAt, isWord, textAt } from '../../commands/words.js';
import { errorReply } from '../../error-reply.js';
import type { RespCommand } from '../../request/resp-command.js';
import type { ClientState } from '../client-state.js';
import { syntaxError } from '../replies.js';
import { CLIENT_TYPES, type ClientType, typeOf, userOf } from './client-line.js';

/** Plain data. What is left out does not matter. */
export interface ClientFilter {
  id?: number;
  type?: ClientType;
  user?: string;
  addr?: string;
  laddr?: string;
  /** Whether the one that asks is meant as well. */
  skipMe?: boolean;
}

const MAX_TEXT = 256;

const badId = errorReply('ERR client-id should be greater than 0');
const yes = ascii('yes');
const no = ascii('no');

/** Reads the value of an option into the filter; returns what is wrong with it. */
type Option = (filter: ClientFilter, command: RespCommand, value: number, users: Users) => Uint8Array | null;

const options: readonly (readonly [Uint8Array, Option])[] = [
  [
    ascii('id'),
    (filter, command, value) => {
      filter.id = integerAt(command, value);
      return filter.id > 0 ? null : badId;
    },
  ],
  [
    ascii('type'),
    (filter, command, value) => {
      const type = readType(command, value);
      if (type instanceof Uint8Array) return type;
      filter.type = type;
      return null;
    },
  ],
  [
    ascii('addr'),
    (filter, command, value) => {
      filter.addr = textAt(command, value, MAX_TEXT);
      return null;
    },
  ],
  [
    ascii('laddr'),
    (filter, command, value) => {
      filter.laddr = textAt(command, value, MAX_TEXT);
      return null;
    },
  ],
  [
    ascii('user'),
    (filter, command, value, users) => {
      const user = textAt(command, value, MAX_TEXT);
      filter.user = user;
      return users.get(user) ? null : errorReply(`ERR No such user '${user}'`);
    },
  ],
  [
    ascii('skipme'),
    (filter, command, value) => {
      filter.skipMe = isWord(command, value, yes);
      return filter.skipMe || isWord(command, value, no) ? null : syntaxError;
    },
  ],
];

/** Reads `CLIENT KILL addr` and `CLIENT KILL option value …`; an error reply where it is wrong. */
export function readFilter(command: RespCommand, users: Users): ClientFilter | Uint8Array {
  if (command.argCount === 3) return { addr: textAt(command, 2, MAX_TEXT), skipMe: false };
  const filter: ClientFilter = { skipMe: true };
  for (let i = 2; i < command.argCount; i += 2) {
    const option = options.find(([word]) => isWord(command, i, word));
    if (option === undefined || i + 1 === command.argCount) return syntaxError;
    const error = option[1](filter, command, i + 1, users);
    if (error !== null) return error;
  }
  return filter;
}

export function readType(command: RespCommand, index: number): ClientType | Uint8Array {
  const text = textAt(command, index, MAX_TEXT);
  const given = text.toLowerCase();
  const type = CLIENT_TYPES.find((each) => each === (given === 'slave' ? 'replica' : given));
  return type ?? errorReply(`ERR Unknown client type '${text}'`);
}

export function matches({ id, type, user, addr, laddr }: ClientFilter, conversation: ClientState): boolean {
  return (
    (id === undefined || id === conversation.id) &&
    (type === undefined || type === typeOf(conversation)) &&
    (user === undefined || user === userOf(conversation)) &&
    (addr === undefined || addr === conversation.client.remote) &&
    (laddr === undefined || laddr === conversation.client.local)
  );
}
