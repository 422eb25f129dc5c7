/** What a server is asked on the way, and what it replies. */
import { ReplyError } from '@shardmux/plugin-api';
import { MINUS } from '../ascii.js';
import { elementsOf, readWhole } from '../reply/whole-reply.js';
import { encodeCommand } from '../request/encode-command.js';
import type { Server } from './service.js';

const MULTI = encodeCommand('MULTI');
const EXEC = encodeCommand('EXEC');

/** @throws {ReplyError} where the server replies with an error. */
export async function step(server: Server, ...words: (string | Uint8Array)[]): Promise<Uint8Array> {
  return checked(await server.ask(encodeCommand(...words)));
}

/**
 * Has commands run as one.
 * @returns the reply of each; `null`: none has run, for a key that was watched has changed.
 * @throws {ReplyError} where the server takes not all of them: none has run.
 */
export async function together(
  server: Server,
  commands: readonly Uint8Array[],
): Promise<readonly Uint8Array[] | null> {
  const run = Buffer.concat([MULTI, ...commands, EXEC]);
  return elementsOf(checked(await server.ask(run, commands.length + 2)));
}

/** @throws {ReplyError} where it is an error. */
export function checked(reply: Uint8Array): Uint8Array {
  if (reply[0] === MINUS) throw new ReplyError(Buffer.from(reply.subarray(1, -2)).toString('latin1'));
  return reply;
}

/** The bytes of a bulk; `null` where there is none. */
export function bulkOf(reply: Uint8Array): Uint8Array | null {
  return readWhole(reply, { buffers: true }) as Uint8Array | null;
}
