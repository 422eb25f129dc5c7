import {
  connectRaw,
  encodeCommand,
  freePort,
  type Nutcracker,
  type RedisServer,
  startNutcracker,
  startRedis,
} from '@shardmux/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answersByCodec, answersByServer } from '../session.js';
import { text } from '../support.js';

const PASSWORD = 'correct horse';

let server: RedisServer;
let guarded: RedisServer;
let twemproxy: Nutcracker;

beforeAll(async () => {
  const [open, shut, nobody] = await Promise.all([freePort(), freePort(), freePort()]);
  const pool = (port: number) => `listen: 127.0.0.1:${port}\n  redis: true\n  servers: [SERVER]`;
  const yaml = [`open:\n  ${pool(open)}`, `shut:\n  ${pool(shut)}\n  redis_auth: ${PASSWORD}`].join('\n');
  [server, guarded, twemproxy] = await Promise.all([
    startRedis(),
    startRedis({ password: PASSWORD }),
    startNutcracker(`${yaml}\n`.replaceAll('[SERVER]', `\n  - 127.0.0.1:${nobody}:1`)),
  ]);
});

afterAll(async () => {
  await Promise.all([server?.stop(), guarded?.stop(), twemproxy?.stop()]);
});

/** Without what is different on each connection and version. */
function settled(answers: string): string {
  return answers.replace(/(\r\nid\r\n:)\d+/g, '$1N').replace(/(\r\nversion\r\n)\$\d+\r\n[\d.]+/g, '$1V');
}

function lines(...commands: string[]): Buffer {
  return Buffer.from(commands.map((command) => `${command}\r\n`).join(''), 'latin1');
}

describe('answers of the proxy itself', () => {
  it.each([
    'PING',
    'ping hello',
    'PING a b',
    'ECHO "a\\r\\nb\\x00"',
    'ECHO',
    'ECHO a b',
    'SELECT 0',
    'SELECT x',
    'SELECT 01',
    'SELECT',
    'QUIT',
    'quit now',
    'HELLO',
    'HELLO 2',
    'HELLO 2 SETNAME me',
    'HELLO 3',
    'HELLO 3 SETNAME me',
    'SELECT 1',
    'SELECT 15',
    'SELECT 16',
    'SELECT -1',
    'RESET',
    'UNWATCH',
    'HELLO 2 setname "a b"',
    'HELLO 2 SETNAME',
    'HELLO 2 AUTH me',
    'HELLO 2 foo',
    'HELLO x',
    'HELLO 02',
    'HELLO 1',
    'HELLO 4',
    'HELLO -1',
    'AUTH',
    'AUTH a b c',
    'foo',
    'foo a "b c" \'\'',
    `foo ${'x'.repeat(100)} ${'y'.repeat(100)} z`,
    `${'f'.repeat(200)} a`,
    'foo "a\\r\\nb"',
    'OBJECT foo key',
    'xgroup "a\\nb"',
    'CONFIG foo',
    'XGROUP',
    'XGROUP CREATE',
    'GET',
    'GET a b',
    'set a',
    'MSET a 1 b',
    'MSETNX a 1 b',
    'BITOP NOT a',
    'SUBSCRIBE',
    'EVAL x',
    'SORT a foo',
    'SORT a LIMIT x 1 5',
    'XREAD COUNT x 4 STREAMS a 0',
    'EXEC now',
    'foo "a\\x00b" c',
    'SORT a STORE',
    'XREAD COUNT 1 foo',
    'XREAD STREAMS a b 0',
    'XREADGROUP GROUP g c STREAMS a b 0',
    'HELLO 2 AUTH default x',
    'HELLO 2 AUTH nobody x',
    'AUTH default x',
    'AUTH nobody x',
  ])('to %j are those of redis-server', async (command) => {
    const bytes = lines(command);
    const answers = answersByCodec(bytes);
    expect(answers).not.toBe('');
    expect(settled(answers)).toBe(settled(await answersByServer(server, bytes)));
  });

  it.each([
    ['AUTH x', '-ERR Client sent AUTH, but no password is set\r\n'],
    ['foo "\\x1b[31m" \\x00', "-ERR unknown command 'foo', with args beginning with: ' [31m' '\\x00' \r\n"],
    ['SUBSCRIBE news', /^-ERR 'subscribe' is not supported by shardmux: subscriptions need/],
    ['MULTI', /^-ERR 'multi' is not supported by shardmux: transactions need/],
    ['CLIENT LIST', /^\$\d+\r\nid=\d+ addr=nowhere laddr=here fd=0 name= /],
    ['CLIENT PAUSE 10', /^-ERR 'client\|pause' is not supported by shardmux: server connections are shared/],
    ['CONFIG SET timeout 1', /^-NOPERM 'config\|set' is denied by the configuration/],
    ['MIGRATE h 1 k 0 1', /^-NOPERM 'migrate' is denied by the configuration of shardmux/],
  ])('to %j are its own', (command, answer) => {
    expect(answersByCodec(lines(command))).toMatch(answer);
  });

  it('tell each connection apart', () => {
    expect(answersByCodec(lines('HELLO'))).toContain('\r\nid\r\n:1\r\n');
  });

  it('end with QUIT', () => {
    expect(answersByCodec(lines('QUIT', 'PING'))).toBe('+OK\r\n');
  });
});

describe('a conversation with a password', () => {
  /** Strings in a row of commands, each answered before the next is sent. */
  async function answersByTwemproxy(pool: number, commands: readonly string[][]): Promise<string> {
    const client = await connectRaw(twemproxy.endpoints[pool]);
    let answers = '';
    for (const words of commands) answers += text(await client.commandRaw(...words));
    await client.close();
    return answers;
  }

  it('opens and shuts as Twemproxy does', async () => {
    const commands = [
      ['PING'],
      ['GET', 'key'],
      ['AUTH', 'wrong'],
      ['PING'],
      ['AUTH', PASSWORD],
      ['PING'],
      ['AUTH', PASSWORD],
      ['AUTH', `${PASSWORD} `],
      ['PING'],
    ];
    const answers = answersByCodec(Buffer.concat(commands.map(encodeCommand)), PASSWORD);
    expect(answers).toBe(await answersByTwemproxy(1, commands));
    expect(answers).toMatch(/^-NOAUTH .*\+OK\r\n\+PONG\r\n.*-NOAUTH Authentication required\r\n$/s);
  });

  it('knows no password where none is set, as Twemproxy', async () => {
    const commands = [['AUTH', PASSWORD], ['PING']];
    const answers = answersByCodec(Buffer.concat(commands.map(encodeCommand)));
    expect(answers).toBe(await answersByTwemproxy(0, commands));
  });

  it.each([
    ['HELLO'],
    ['HELLO 2'],
    ['HELLO 2 AUTH default wrong'],
    ['HELLO 2 AUTH nobody "correct horse"'],
    ['HELLO 2 AUTH default "correct horse" SETNAME me', 'PING'],
    ['AUTH default "correct horse"', 'PING'],
    ['QUIT'],
  ])('answers %j as redis-server does', async (...commands) => {
    const bytes = lines(...commands);
    expect(settled(answersByCodec(bytes, PASSWORD))).toBe(settled(await answersByServer(guarded, bytes)));
  });

  it('knows no user but the default one', () => {
    const answers = answersByCodec(lines('AUTH nobody "correct horse"', 'PING'), PASSWORD);
    expect(answers).toBe('-ERR invalid password\r\n-NOAUTH Authentication required\r\n');
  });

  it('takes a password of any bytes', () => {
    const password = 'pä\r\n\0';
    const bytes = encodeCommand(['AUTH', password]);
    expect(answersByCodec(bytes, password)).toBe('+OK\r\n');
  });
});
