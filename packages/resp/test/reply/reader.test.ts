import { createRequire } from 'node:module';
import { ReplyError, ShardmuxError } from '@shardmux/plugin-api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RespReplyReader } from '../../src/reply/reader.js';
import { comparable } from './any-reply.js';

/** redis-parser is CommonJS and has no types: this is what the tests use of it. */
interface Parser {
  new (handlers: {
    returnReply(reply: unknown): void;
    returnError(error: Error): void;
    returnBuffers?: boolean;
    stringNumbers?: boolean;
  }): { execute(bytes: Buffer): void };
}
const RedisParser: Parser = createRequire(import.meta.url)('redis-parser');

type Options = { readonly buffers: boolean; readonly stringNumbers: boolean };
const plain: Options = { buffers: false, stringNumbers: false };

/** Reads a reply that lies between other bytes, and makes sure that it is read to its end. */
function read(reply: string | Buffer, options: Options = plain): unknown {
  const bytes = Buffer.concat([Buffer.from('+no\r\n'), Buffer.from(reply), Buffer.from(':0\r\n')]);
  const end = bytes.length - 4;
  const reader = new RespReplyReader();
  const value = reader.read(bytes, 5, end, options);
  expect(reader.next).toBe(end);
  bytes.fill(0x2a);
  return value;
}

function parsed(reply: Buffer, { buffers, stringNumbers }: Options): unknown {
  let value: unknown;
  new RedisParser({
    returnReply: (reply) => {
      value = reply;
    },
    returnError: (error) => {
      value = error;
    },
    returnBuffers: buffers,
    stringNumbers,
  }).execute(Buffer.from(reply));
  return value;
}

const line = fc.string({ maxLength: 60 }).map((text) => text.replace(/[\r\n]/g, ' '));
const reply = fc.letrec<{ reply: Buffer }>((tie) => ({
  reply: fc.oneof(
    { maxDepth: 4 },
    line.map((text) => Buffer.from(`+${text}\r\n`)),
    line.map((text) => Buffer.from(`-ERR ${text}\r\n`)),
    fc.maxSafeInteger().map((value) => Buffer.from(`:${value}\r\n`)),
    fc.constantFrom(Buffer.from('$-1\r\n'), Buffer.from('*-1\r\n'), Buffer.from('+OK\r\n')),
    fc
      .uint8Array({ maxLength: 300 })
      .map((value) => Buffer.concat([Buffer.from(`$${value.length}\r\n`), value, Buffer.from('\r\n')])),
    fc
      .array(tie('reply'), { maxLength: 6 })
      .map((items) => Buffer.concat([Buffer.from(`*${items.length}\r\n`), ...items])),
  ),
})).reply;

describe('RESP2', () => {
  it('gives what redis-parser gives', () => {
    const options = fc.record({ buffers: fc.boolean(), stringNumbers: fc.boolean() });
    fc.assert(
      fc.property(reply, options, (bytes, given) => {
        expect(comparable(read(bytes, given))).toEqual(comparable(parsed(bytes, given)));
      }),
      { numRuns: 3_000 },
    );
  });

  it('returns an error of a server as a ReplyError', () => {
    const error = read('-WRONGTYPE no\r\n');
    expect(error).toBeInstanceOf(ReplyError);
    expect((error as ReplyError).message).toBe('WRONGTYPE no');
  });

  it('refuses a reply that is nested without end, and reads on afterwards', () => {
    const reader = new RespReplyReader();
    const deep = Buffer.from(`${'*1\r\n'.repeat(100_000)}:1\r\n`);
    expect(() => reader.read(deep, 0, deep.length, plain)).toThrow(ShardmuxError);
    expect(reader.read(Buffer.from(':7\r\n'), 0, 4, plain)).toBe(7);
  });
});
