import { createRequire } from 'node:module';
import { FixtureError } from './fixture-error.js';

/** Errors are values, at any depth. Bulk and simple strings are Buffers, or strings where those are asked for. */
export type Reply = string | number | null | Buffer | Error | Reply[];

interface ParserHandlers {
  returnReply(reply: Reply): void;
  returnError(error: Error): void;
  returnFatalError(error: Error): void;
  returnBuffers: boolean;
}

interface ParserConstructor {
  new (handlers: ParserHandlers): { execute(bytes: Buffer): void };
}

// It is CommonJS and ships no types: these are the ones used here.
const Parser: ParserConstructor = createRequire(import.meta.url)('redis-parser');

/**
 * What one whole RESP2 reply means, as redis-parser understands it.
 * @throws {FixtureError} `SHARDMUX_FIXTURE_GARBAGE` when it does not, as with the types that RESP3 adds.
 */
export function parseReply(bytes: Buffer, strings = false): Reply {
  const replies: Reply[] = [];
  let fatal: Error | null = null;
  new Parser({
    returnReply: (reply) => replies.push(reply),
    returnError: (error) => replies.push(error),
    returnFatalError: (error) => {
      fatal = error;
    },
    returnBuffers: !strings,
  }).execute(bytes);
  const [reply] = replies;
  if (reply !== undefined && replies.length === 1 && fatal === null) return reply;
  throw new FixtureError(
    'SHARDMUX_FIXTURE_GARBAGE',
    `not one RESP2 reply: ${bytes.toString('latin1', 0, 80)}`,
    {
      cause: fatal,
    },
  );
}
