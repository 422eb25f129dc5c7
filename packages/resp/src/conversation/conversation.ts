/**
 * What one client's connection has said about itself.
 *
 *   shut (it has a password) ── right password ──► open ── MULTI ──► gathering
 *     ▲                                             │ ▲                  │
 *     └────────────── wrong password ───────────────┘ └── EXEC, DISCARD ─┘
 *   QUIT, in any state ──► closing
 */
import { type Conversation, type ConversationOptions, Handling, type Run } from '@shardmux/plugin-api';
import { ascii } from '../ascii.js';
import type { RespCommandSpec } from '../commands/command-spec.js';
import { commands } from '../commands/commands.js';
import { Refusal } from '../commands/refusal.js';
import { integerAt, textAt } from '../commands/words.js';
import { errorReply } from '../error-reply.js';
import type { RespCommand } from '../request/resp-command.js';
import { helloReply, readHello } from './hello.js';
import { samePassword } from './password.js';
import { rejection, wrongArity } from './rejection.js';
import { Transaction } from './transaction.js';

const ok = ascii('+OK\r\n');
const pong = ascii('+PONG\r\n');
const queued = ascii('+QUEUED\r\n');
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
const nested = errorReply('ERR MULTI calls can not be nested');
const aborted = errorReply('EXECABORT Transaction discarded because of previous errors.');
const noSuchDatabase = errorReply('ERR DB index is out of range: a pool has a single database');

/** The only user there is, as in Redis before it had users. */
const defaultUser = 'default';

const allowedWhileShut = new Set(['auth', 'hello', 'quit']);

const exec = commands.lookup(ascii('exec'), 0, 4) as RespCommandSpec;
const notGathered = new Set(['multi', 'exec', 'discard', 'quit']);
/** What is answered here, and by a server in the same way. */
const answeredAnywhere = new Set(['ping', 'echo']);

export class RespConversation implements Conversation<RespCommand> {
  open: boolean;
  closing = false;
  private readonly password: Uint8Array | null;
  private readonly maxRunBytes: number;
  private readonly id: number;
  private transaction: Transaction | null = null;
  private run: Run | null = null;

  /** @param id what HELLO tells the client: unlike that of any other connection. */
  constructor(options: ConversationOptions, id: number) {
    this.password = options.password === null ? null : Buffer.from(options.password);
    this.maxRunBytes = options.maxRunBytes ?? 0;
    this.open = this.password === null;
    this.id = id;
  }

  get gathering(): boolean {
    return this.transaction !== null;
  }

  answer(command: RespCommand): Uint8Array | null {
    const { name } = command.spec;
    if (!this.open && !allowedWhileShut.has(name)) return noAuth;
    const { transaction } = this;
    if (transaction !== null && !notGathered.has(name)) return gather(transaction, command);
    if (command.refusal !== Refusal.none) return this.refuse(command);
    switch (name) {
      case 'multi':
      case 'exec':
      case 'discard':
        return this.maxRunBytes === 0 ? rejection(command) : this.transact(name);
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

  /** What is wrong with it ends a transaction where it was to end, and spoils it elsewhere. */
  private refuse(command: RespCommand): Uint8Array {
    const { transaction } = this;
    if (transaction === null) return rejection(command);
    if (command.spec !== exec) return gather(transaction, command);
    this.transaction = null;
    return errorReply(
      "EXECABORT Transaction discarded because of: wrong number of arguments for 'exec' command",
    );
  }

  takeRun(): Run {
    const run = this.run as Run;
    this.run = null;
    return run;
  }

  private transact(name: 'multi' | 'exec' | 'discard'): Uint8Array | null {
    const { transaction } = this;
    if (name === 'multi') {
      this.transaction ??= new Transaction(exec, this.maxRunBytes);
      return transaction === null ? ok : nested;
    }
    this.transaction = null;
    if (transaction === null) return errorReply(`ERR ${name.toUpperCase()} without MULTI`);
    if (name === 'discard') return ok;
    if (transaction.isSpoilt) return aborted;
    transaction.close();
    this.run = transaction;
    return null;
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

/** What is refused spoils all of it. */
function gather(transaction: Transaction, command: RespCommand): Uint8Array {
  const error = command.refusal === Refusal.none ? faultWithin(command) : rejection(command);
  if (error === null && transaction.add(command)) return queued;
  transaction.isSpoilt = true;
  return error ?? errorReply('ERR the transaction is larger than shardmux allows (maxSessionBytes)');
}

/** Why a command that is served otherwise has no place in a transaction, which runs on one connection of one server. */
function faultWithin({ handling, spec }: RespCommand): Uint8Array | null {
  const isLocal = handling === Handling.local && !answeredAnywhere.has(spec.name);
  if (!isLocal && handling !== Handling.allNodes) return null;
  const why = isLocal ? 'server connections are shared' : 'it concerns every server';
  return errorReply(`ERR '${spec.name}' is not supported by shardmux in a transaction: ${why}`);
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
