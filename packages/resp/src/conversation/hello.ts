import { ascii } from '../ascii.js';
import { redisVersion } from '../commands/generated/table.js';
import type { Arguments } from '../commands/refusal.js';
import { integerAt, isWord, textAt } from '../commands/words.js';
import { errorReply } from '../error-reply.js';

const notAVersion = errorReply('ERR Protocol version is not an integer or out of range');
const noProto = errorReply('NOPROTO unsupported protocol version');
const badName = errorReply('ERR Client names cannot contain spaces, newlines or special characters.');

const auth = ascii('auth');
const setName = ascii('setname');

export interface Hello {
  /** What is wrong with it. */
  readonly error: Uint8Array | null;
  /** The argument that is the password, the one before it being the user; 0 where none is given. */
  readonly passwordAt: number;
}

/** Reads `HELLO [version [AUTH user password] [SETNAME name]]`. Only version 2 is spoken. */
export function readHello(command: Arguments): Hello {
  let passwordAt = 0;
  if (command.argCount > 1) {
    const version = integerAt(command, 1);
    if (version !== 2) return { error: Number.isNaN(version) ? notAVersion : noProto, passwordAt };
  }
  for (let i = 2; i < command.argCount; i++) {
    const left = command.argCount - i - 1;
    if (left >= 2 && isWord(command, i, auth)) {
      i += 2;
      passwordAt = i;
    } else if (left >= 1 && isWord(command, i, setName)) {
      if (!isName(command, ++i)) return { error: badName, passwordAt };
    } else {
      return {
        error: errorReply(`ERR Syntax error in HELLO option '${textAt(command, i, 128)}'`),
        passwordAt,
      };
    }
  }
  return { error: null, passwordAt };
}

/** Printable ASCII without the blank, as redis-server wants it. */
function isName(command: Arguments, index: number): boolean {
  for (let at = command.argStart(index); at < command.argEnd(index); at++) {
    if (command.bytes[at] < 0x21 || command.bytes[at] > 0x7e) return false;
  }
  return true;
}

/** The map that redis-server answers, flat as RESP2 has it. */
export function helloReply(id: number): Uint8Array {
  const fields = ['server', 'redis', 'version', redisVersion, 'mode', 'standalone', 'role', 'master'].map(
    (text) => `$${text.length}\r\n${text}\r\n`,
  );
  return ascii(
    `*14\r\n${fields.slice(0, 4).join('')}$5\r\nproto\r\n:2\r\n$2\r\nid\r\n:${id}\r\n${fields.slice(4).join('')}` +
      '$7\r\nmodules\r\n*0\r\n',
  );
}
