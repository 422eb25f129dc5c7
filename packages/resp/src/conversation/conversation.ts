/**
 * What one client's connection has said about itself.
 *
 *   shut (it has a password) ── right password ──► open
 *     ▲                                             │
 *     └────────────── wrong password ───────────────┘
 *   QUIT, in either state ──► closing
 */
import type { Conversation, ConversationOptions } from '@shardmux/plugin-api';
import { ascii } from '../ascii.js';
import { Refusal } from '../commands/refusal.js';
import { integerAt, textAt } from '../commands/words.js';
import { errorReply } from '../error-reply.js';
import type { RespCommand } from '../request/resp-command.js';
import { helloReply, readHello } from './hello.js';
import { samePassword } from './password.js';
import { rejection, wrongArity } from './rejection.js';

const ok = ascii('+OK\r\n');
const pong = ascii('+PONG\r\n');
const noAuth = errorReply('NOAUTH Authentication required');
const noAuthHello = errorReply(
  'NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO AUTH <user> <pass> ' +
    'option can be used to authenticate the client and select the RESP protocol version at the same time',
);
const noPassword = errorReply('ERR Client sent AUTH, but no password is set');
const wrongPassword = errorReply('ERR invalid password');
const wrongCredentials = errorReply('WRONGPASS invalid username-password pair or user is disabled.');
const syntaxError = errorReply('ERR syntax error');
const notAnInteger = errorReply('ERR value is not an integer or out of range');
const noSuchDatabase = errorReply('ERR DB index is out of range: a pool has a single database');

/** The only user there is, as in Redis before it had users. */
const defaultUser = 'default';

const allowedWhileShut = new Set(['auth', 'hello', 'quit']);

export class RespConversation implements Conversation<RespCommand> {
  open: boolean;
  closing = false;
  private readonly password: Uint8Array | null;
  private readonly id: number;

  /** @param id what HELLO tells the client: unlike that of any other connection. */
  constructor(options: ConversationOptions, id: number) {
    this.password = options.password === null ? null : Buffer.from(options.password);
    this.open = this.password === null;
    this.id = id;
  }

  answer(command: RespCommand): Uint8Array {
    const { name } = command.spec;
    if (!this.open && !allowedWhileShut.has(name)) return noAuth;
    if (command.refusal !== Refusal.none) return rejection(command);
    switch (name) {
      case 'auth':
        return this.auth(command);
      case 'hello':
        return this.hello(command);
      case 'quit':
        this.closing = true;
        return ok;
      case 'ping':
        return ping(command);
      case 'echo':
        return bulk(command, 1);
      case 'select':
        return select(command);
      default:
        return rejection(command);
    }
  }

  /** `AUTH password` or `AUTH user password` */
  private auth(command: RespCommand): Uint8Array {
    const last = command.argCount - 1;
    if (last > 2) return syntaxError;
    if (this.password === null) return noPassword;
    this.authenticate(this.password, command, last - 1, last);
    return this.open ? ok : wrongPassword;
  }

  private hello(command: RespCommand): Uint8Array {
    const { error, passwordAt } = readHello(command);
    if (error !== null) return error;
    if (passwordAt > 0) {
      if (this.password === null) return noPassword;
      this.authenticate(this.password, command, passwordAt - 1, passwordAt);
      if (!this.open) return wrongCredentials;
    }
    return this.open ? helloReply(this.id) : noAuthHello;
  }

  /** A wrong password also shuts a conversation that was open. @param userAt 0 where no user is named. */
  private authenticate(password: Uint8Array, command: RespCommand, userAt: number, passwordAt: number): void {
    const given = command.bytes.subarray(command.argStart(passwordAt), command.argEnd(passwordAt));
    const right = samePassword(given, password);
    this.open = right && (userAt === 0 || textAt(command, userAt, defaultUser.length + 1) === defaultUser);
  }
}

function ping(command: RespCommand): Uint8Array {
  if (command.argCount === 1) return pong;
  return command.argCount === 2 ? bulk(command, 1) : wrongArity('ping');
}

function select(command: RespCommand): Uint8Array {
  const database = integerAt(command, 1);
  if (database === 0) return ok;
  return Number.isNaN(database) ? notAnInteger : noSuchDatabase;
}

function bulk(command: RespCommand, index: number): Uint8Array {
  const value = command.bytes.subarray(command.argStart(index), command.argEnd(index));
  return Buffer.concat([ascii(`$${value.length}\r\n`), value, ascii('\r\n')]);
}
