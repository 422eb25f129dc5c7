/** What a client says of itself and its connection. */
import { ascii } from '../ascii.js';
import { integerAt } from '../commands/words.js';
import { errorReply } from '../error-reply.js';
import { argumentOf } from './arguments.js';
import { helloReply, readHello } from './hello.js';
import type { LocalCommands } from './local-command.js';
import { wrongArity } from './rejection.js';
import { array, bulk, notAnInteger, ok, pong, syntaxError } from './replies.js';

/** As many as redis-server has where it is not told otherwise. */
export const DATABASES = 16;

const NOTHING = new Uint8Array(0);

const resetDone = ascii('+RESET\r\n');
const noSuchDatabase = errorReply('ERR DB index is out of range');
const noPassword = errorReply('ERR Client sent AUTH, but no password is set');
const wrongPassword = errorReply('ERR invalid password');
const noPasswordOfRedis = errorReply(
  'ERR AUTH <password> called without any password configured for the default user. ' +
    'Are you sure your configuration is correct?',
);
const wrongCredentials = errorReply('WRONGPASS invalid username-password pair or user is disabled.');
const noAuthHello = errorReply(
  'NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO AUTH <user> <pass> ' +
    'option can be used to authenticate the client and select the RESP protocol version at the same time',
);

export const connectionCommands: LocalCommands = {
  /** `AUTH password` or `AUTH user password` */
  auth(conversation, command) {
    const last = command.argCount - 1;
    if (last > 2) return syntaxError;
    const { hasUsers, isOnePassword, users } = conversation.realm.access;
    if (last === 1 && users.default.noPassword) return hasUsers ? noPasswordOfRedis : noPassword;
    if (conversation.authenticate(command, last - 1, last)) return ok;
    return isOnePassword ? wrongPassword : wrongCredentials;
  },

  echo: (_, command) => bulk(argumentOf(command, 1)),

  hello(conversation, command) {
    const hello = readHello(command);
    if (hello.error !== null) return hello.error;
    if (hello.passwordAt > 0 && !conversation.authenticate(command, hello.passwordAt - 1, hello.passwordAt))
      return wrongCredentials;
    if (!conversation.open) return noAuthHello;
    if (hello.nameAt > 0) conversation.name = argumentOf(command, hello.nameAt);
    conversation.speak(hello.protocol ?? conversation.protocol);
    return helloReply(conversation.id, conversation.protocol, conversation.realm.cluster !== null);
  },

  ping({ isSubscriber }, command) {
    if (isSubscriber && command.argCount <= 2)
      return array([bulk(ascii('pong')), bulk(command.argCount === 2 ? argumentOf(command, 1) : NOTHING)]);
    if (command.argCount === 1) return pong;
    return command.argCount === 2 ? bulk(argumentOf(command, 1)) : wrongArity('ping');
  },

  quit(conversation) {
    conversation.closing = true;
    return ok;
  },

  reset(conversation) {
    conversation.reset();
    return resetDone;
  },

  select(conversation, command) {
    const database = integerAt(command, 1);
    if (Number.isNaN(database)) return notAnInteger;
    if (database < 0 || database >= DATABASES) return noSuchDatabase;
    conversation.select(database);
    return ok;
  },
};
