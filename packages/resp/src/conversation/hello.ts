import { ascii } from '../ascii.js';
import { redisVersion } from '../commands/generated/table.js';
import type { Arguments } from '../commands/refusal.js';
import { integerAt, isWord, textAt } from '../commands/words.js';
import { errorReply } from '../error-reply.js';
import type { Protocol } from './replies.js';

const notAVersion = errorReply('ERR Protocol version is not an integer or out of range');
const noProto = errorReply('NOPROTO unsupported protocol version');
export const badName = errorReply('ERR Client names cannot contain spaces, newlines or special characters.');

const auth = ascii('auth');
const setName = ascii('setname');

export interface Hello {
  /** `null` where none is asked for. */
  readonly protocol: Protocol | null;
  /** What is wrong with it. */
  readonly error: Uint8Array | null;
  /** The argument that is the password, the one before it being the user; 0 where none is given. */
  readonly passwordAt: number;
  /** The argument that is the connection's name; 0 where none is given. */
  readonly nameAt: number;
}

/** Reads `HELLO [version [AUTH user password] [SETNAME name]]`. */
export function readHello(command: Arguments): Hello {
  let passwordAt = 0;
  let nameAt = 0;
  const failed = (error: Uint8Array): Hello => ({ error, protocol: null, passwordAt, nameAt });
  const version = command.argCount > 1 ? integerAt(command, 1) : null;
  if (version !== null && version !== 2 && version !== 3)
    return failed(Number.isNaN(version) ? notAVersion : noProto);
  for (let i = 2; i < command.argCount; i++) {
    const left = command.argCount - i - 1;
    if (left >= 2 && isWord(command, i, auth)) {
      i += 2;
      passwordAt = i;
    } else if (left >= 1 && isWord(command, i, setName)) {
      nameAt = ++i;
      if (!isName(command, nameAt)) return failed(badName);
    } else {
      return failed(errorReply(`ERR Syntax error in HELLO option '${textAt(command, i, 128)}'`));
    }
  }
  return { error: null, protocol: version, passwordAt, nameAt };
}

/** Whether an argument may be a connection's name: printable ASCII without the blank, as redis-server wants it. */
export function isName(command: Arguments, index: number): boolean {
  for (let at = command.argStart(index); at < command.argEnd(index); at++) {
    if (command.bytes[at] < 0x21 || command.bytes[at] > 0x7e) return false;
  }
  return true;
}

/** The map that redis-server answers; flat in RESP2. */
export function helloReply(id: number, protocol: Protocol, isCluster: boolean): Uint8Array {
  const fields = [
    'server',
    'redis',
    'version',
    redisVersion,
    'mode',
    isCluster ? 'cluster' : 'standalone',
    'role',
    'master',
  ].map((text) => `$${text.length}\r\n${text}\r\n`);
  const head = protocol === 3 ? '%7' : '*14';
  return ascii(
    `${head}\r\n${fields.slice(0, 4).join('')}$5\r\nproto\r\n:${protocol}\r\n$2\r\nid\r\n:${id}\r\n` +
      `${fields.slice(4).join('')}$7\r\nmodules\r\n*0\r\n`,
  );
}
