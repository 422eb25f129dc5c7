import { type RedisServer, startRedis } from '@shardmux/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answersByCodec, answersByServer } from '../session.js';

const PASSWORD = 'secret';

let server: RedisServer;
let guarded: RedisServer;

beforeAll(async () => {
  [server, guarded] = await Promise.all([startRedis(), startRedis({ password: PASSWORD })]);
});

afterAll(async () => {
  await Promise.all([server?.stop(), guarded?.stop()]);
});

const ping = '*1\r\n$4\r\nPING\r\n';
const long = 'x'.repeat(70_000);

/** Answered as redis-server answers them, to the byte. */
const same = [
  ping,
  '*2\r\n$4\r\nping\r\n$5\r\nhello\r\n',
  'PING\r\n',
  'PING\n',
  '  ping   hello  \r\n',
  '\r\n\n\r\nPING\r\n',
  '\r\r\nPING\r\n',
  `*0\r\n${ping}`,
  `*-1\r\n${ping}`,
  // Numbers.
  '*\r\n',
  '* 1\r\n',
  '*+1\r\n',
  '*01\r\n',
  '*1 \r\n',
  '*1x\r\n',
  '*-\r\n',
  '*-0\r\n',
  '*1.0\r\n',
  '*0x1\r\n',
  '*2147483648\r\n',
  '*18446744073709551617\r\n',
  '*99999999999999999999999999\r\n',
  '*1\r\n$\r\n',
  '*1\r\n$-1\r\n',
  '*1\r\n$-0\r\n',
  '*1\r\n$+4\r\nPING\r\n',
  '*1\r\n$04\r\nPING\r\n',
  '*1\r\n$ 4\r\nPING\r\n',
  '*1\r\n$4 \r\nPING\r\n',
  '*1\r\n$536870913\r\n',
  '*1\r\n$4294967300\r\nPING\r\n',
  '*1\r\n$18446744073709551620\r\nPING\r\n',
  // Other types.
  '*1\r\nPING\r\n',
  '*1\r\n:4\r\nPING\r\n',
  '*1\r\n*1\r\n$4\r\nPING\r\n',
  '*1\r\n\r\n',
  '*2\r\n$4\r\nPING\r\n+a\r\n',
  '*1\r\n\xff4\r\nPING\r\n',
  // What begins like nothing else is an inline command.
  '$4\r\n',
  '+PING\r\n',
  '-1\r\n',
  // Quotes.
  'ping "a b"\r\n',
  "ping 'a b'\r\n",
  'ping "\\x41\\n\\r\\t\\b\\a\\q\\"\\\\"\r\n',
  'ping "\\x4"\r\n',
  'ping "\\xzz"\r\n',
  "ping 'it\\'s' \r\n",
  "ping 'a\\nb'\r\n",
  'ping ""\r\n',
  'ping a"b c"\r\n',
  'ping "a"\x0b\r\n',
  'ping a\x0bb\r\n',
  '\x0b\x0cping\r\n',
  'ping "a\r\n',
  'ping "a"b\r\n',
  "ping 'a'b\r\n",
  "ping 'a\r\n",
  'ping "a\\\r\n',
  'ping a\\ b\r\n',
  // Unfinished: no answer.
  '',
  '*',
  '*1',
  '*1\r',
  '*1\r\n',
  '*1\r\n$4\r\nPIN',
  '*1\r\n$4\r\nPING',
  '*1\r\n$4\r\nPING\r',
  'PING',
  // Too long.
  `PING ${long}`,
  // After an error nothing is answered; before it, all is.
  `${ping}*x\r\n${ping}`,
];

/** Answered otherwise, for a reason. */
const stricter: readonly (readonly [reason: string, input: string, answer: string])[] = [
  ['a line end is CR and LF', '*1\rX$4\r\nPING\r\n', '-ERR Protocol error: invalid multibulk length\r\n'],
  ['a line end is CR and LF', '*1\r\n$4\rXPING\r\n', '-ERR Protocol error: invalid bulk length\r\n'],
  ['a bulk ends with CRLF', '*1\r\n$4\r\nPINGxx', '-ERR Protocol error: expected CRLF after a bulk\r\n'],
  ['only -1 is a missing array', '*-2\r\n', '-ERR Protocol error: invalid multibulk length\r\n'],
  ['the count is within the limit', '*1048577\r\n', '-ERR Protocol error: invalid multibulk length\r\n'],
  ['it cannot become well-formed any more', '*x', '-ERR Protocol error: invalid multibulk length\r\n'],
  ['it cannot become well-formed any more', '*1\r\n$x', '-ERR Protocol error: invalid bulk length\r\n'],
  ['it cannot become well-formed any more', '*1\r\nx', "-ERR Protocol error: expected '$', got 'x'\r\n"],
  ['it cannot become well-formed any more', '*1\n', '-ERR Protocol error: invalid multibulk length\r\n'],
  ['no control byte is repeated', '*1\r\n\x01\r\n', "-ERR Protocol error: expected '$', got ' '\r\n"],
  ['no control byte is repeated', '*1\r\n\0\r\n', "-ERR Protocol error: expected '$', got ' '\r\n"],
  ['the server stops reading at a NUL', 'PI\0NG\r\n', '-ERR Protocol error: NUL in inline request\r\n'],
  [
    'the limit holds with the end in sight too',
    `PING ${long}\r\n`,
    '-ERR Protocol error: too big inline request\r\n',
  ],
  ['the client is told', 'POST / HTTP/1.1\r\n', '-ERR Protocol error: this is an HTTP request\r\n'],
  ['the client is told', 'host: a\r\n', '-ERR Protocol error: this is an HTTP request\r\n'],
  ['the client is told', '*1\r\n$4\r\nPost\r\n', '-ERR Protocol error: this is an HTTP request\r\n'],
];

describe('odd bytes', () => {
  it.each(same)('%j are answered as redis-server does', async (input) => {
    const bytes = Buffer.from(input, 'latin1');
    expect(answersByCodec(bytes)).toBe(await answersByServer(server, bytes));
  });

  it.each(stricter)('are refused more strictly, for %s: %j', async (_, input, answer) => {
    const bytes = Buffer.from(input, 'latin1');
    expect(answersByCodec(bytes)).toBe(answer);
    expect(await answersByServer(server, bytes)).not.toBe(answer);
  });

  it.each(['*11\r\n', '*1\r\n$16385\r\n', '*2147483648\r\n', '*x\r\n', '*1\r\n$x\r\n'])(
    '%j are answered as redis-server does a stranger',
    async (input) => {
      const bytes = Buffer.from(input);
      expect(answersByCodec(bytes, PASSWORD)).toBe(await answersByServer(guarded, bytes));
    },
  );
});
