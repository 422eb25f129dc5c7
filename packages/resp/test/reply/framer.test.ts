import { createRequire } from 'node:module';
import { FRAME_INCOMPLETE, FRAME_MALFORMED, ReplyClass } from '@shardmux/plugin-api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RespReplyFramer } from '../../src/reply/framer.js';
import { framesOf } from './frames.js';

/** redis-parser is CommonJS and has no types: this is what the tests use of it. */
interface Parser {
  new (handlers: {
    returnReply(): void;
    returnError(): void;
    returnFatalError(error: Error): void;
  }): { execute(bytes: Buffer): void };
}
const RedisParser: Parser = createRequire(import.meta.url)('redis-parser');

/** Where each reply ends; -1 after them where bytes are left, -2 where they are malformed. */
function endsOf(bytes: Buffer, cuts: readonly number[] = []): number[] {
  const { frames, left } = framesOf(bytes, cuts);
  const ends = frames.map(({ end }) => end);
  return left === null ? ends : [...ends, left];
}

function frame(reply: string): number {
  const [first] = endsOf(Buffer.from(reply, 'latin1'));
  return first;
}

/** How many replies redis-parser finds in the bytes. */
function countByRedisParser(bytes: Buffer): number {
  let count = 0;
  const parser = new RedisParser({
    returnReply: () => count++,
    returnError: () => count++,
    returnFatalError: (error) => {
      throw error;
    },
  });
  parser.execute(bytes);
  return count;
}

const line = fc.stringMatching(/^[ -~]{0,30}$/);
const { reply } = fc.letrec<{ reply: string }>((tie) => ({
  reply: fc.oneof(
    { depthSize: 'medium' },
    line.map((text) => `+${text}\r\n`),
    line.map((text) => `-ERR ${text}\r\n`),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value) => `:${value}\r\n`),
    fc.uint8Array({ maxLength: 300 }).map((bytes) => {
      return `$${bytes.length}\r\n${Buffer.from(bytes).toString('latin1')}\r\n`;
    }),
    fc.constantFrom('$-1\r\n', '*-1\r\n', '*0\r\n', '$0\r\n\r\n'),
    fc
      .array(tie('reply'), { maxLength: 12 })
      .map((elements) => `*${elements.length}\r\n${elements.join('')}`),
  ),
}));
const replies = fc.array(reply, { minLength: 1, maxLength: 5 });

describe('any replies', () => {
  it('end where they end, and redis-parser finds as many', () => {
    fc.assert(
      fc.property(replies, (list) => {
        let end = 0;
        const ends = list.map((one) => (end += one.length));
        const bytes = Buffer.from(list.join(''), 'latin1');
        expect(endsOf(bytes)).toEqual(ends);
        expect(countByRedisParser(bytes)).toBe(list.length);
      }),
    );
  });

  it('are no whole reply when a byte is missing, to redis-parser neither', () => {
    fc.assert(
      fc.property(reply, fc.nat(), (one, point) => {
        const bytes = Buffer.from(one, 'latin1').subarray(0, point % one.length);
        expect(endsOf(bytes)).toEqual(bytes.length === 0 ? [] : [FRAME_INCOMPLETE]);
        expect(countByRedisParser(bytes)).toBe(0);
      }),
    );
  });

  it('come out the same, cut in two anywhere and byte by byte', () => {
    fc.assert(
      fc.property(replies, (list) => {
        const bytes = Buffer.from(list.join(''), 'latin1');
        const whole = endsOf(bytes);
        for (let cut = 0; cut <= bytes.length; cut++) expect(endsOf(bytes, [cut])).toEqual(whole);
        expect(endsOf(bytes, [...bytes.keys()])).toEqual(whole);
      }),
      { numRuns: 40 },
    );
  });
});

describe('a framer', () => {
  it.each([
    ['+OK\r\n', ReplyClass.ok],
    ['$2\r\n-x\r\n', ReplyClass.ok],
    ['*1\r\n-ERR within\r\n', ReplyClass.ok],
    ['-ERR no\r\n', ReplyClass.error],
    ['-\r\n', ReplyClass.error],
    ["-OOM command not allowed when used memory > 'maxmemory'.\r\n", ReplyClass.error],
    ['-BUSYKEY Target key name already exists.\r\n', ReplyClass.error],
    ['-BUSYGROUP Consumer Group name already exists\r\n', ReplyClass.error],
    ['-LOADINGX\r\n', ReplyClass.error],
    ['-LOADING Redis is loading the dataset in memory\r\n', ReplyClass.notReady],
    [
      "-MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.\r\n",
      ReplyClass.notReady,
    ],
    ['-BUSY Redis is busy running a script.\r\n', ReplyClass.notReady],
  ])('knows the class of %j', (reply, expected) => {
    const framer = new RespReplyFramer();
    framer.frame(Buffer.from('-LOADING before\r\n'), 0, 17);
    expect(framer.frame(Buffer.from(reply), 0, reply.length)).toBe(reply.length);
    expect(framer.replyClass).toBe(expected);
  });

  it.each([
    'OK\r\n',
    '\r\n',
    '?1\r\n+a\r\n',
    '+OK\n',
    '+OK\rX',
    '+a\nb\r\n',
    ':\r\n',
    ':-\r\n',
    ':+1\r\n',
    ':1.5\r\n',
    ':12345678901234567890\r\n',
    ':1\n',
    '$\r\n',
    '$-2\r\n',
    '$-1x\r\n',
    '$+1\r\na\r\n',
    '$01\r\na\r\n',
    '$1a\r\n',
    '$1\r\nab\r\n',
    '$1\r\na\r\r',
    '$1\r\na\n\r',
    '$1\na\r\n',
    '$1000000000\r\n',
    '$18446744073709551617\r\n',
    '*-2\r\n',
    '*1000000000\r\n',
    '*1\r\nx',
    '*999999999\r\n*999999999\r\n*999999999\r\n',
    `+${'x'.repeat(65_536)}\r\n`,
    `-${'x'.repeat(65_536)}`,
  ])('takes %j for malformed', (reply) => {
    expect(frame(reply)).toBe(FRAME_MALFORMED);
  });

  it('passes a line of 64 KB, but not more', () => {
    const longest = `+${'x'.repeat(65_535)}\r\n`;
    expect(frame(longest)).toBe(longest.length);
  });

  it('needs no stack for depth', () => {
    const deep = `${'*1\r\n'.repeat(200_000)}:1\r\n`;
    expect(frame(deep)).toBe(deep.length);
  });

  it('tells how long an incomplete bulk will be', () => {
    const framer = new RespReplyFramer();
    const bytes = Buffer.from('*2\r\n$1\r\na\r\n$1000\r\nabc');
    expect(framer.frame(bytes, 0, bytes.length)).toBe(FRAME_INCOMPLETE);
    expect(framer.expected).toBe('*2\r\n$1\r\na\r\n$1000\r\n'.length + 1002);
  });
});
