/** What a server is asked on the way, and what it replies. */
import { checked, elementsOf } from '../reply/whole-reply.js';
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
