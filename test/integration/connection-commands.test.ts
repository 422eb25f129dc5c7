import type { Argument, RawClient } from '@shardmux/testing';
import { describe, expect, test, vi } from 'vitest';
import { BesideRedis } from '../support/beside-redis.js';
import { rawClients } from '../support/raw-clients.js';

const beside = new BesideRedis(['hashTag: "{}"']);
const connect = rawClients(() => beside.shards.endpoint);

/** One client of ours, one of a plain Redis. */
async function connectBoth(protocol = 2): Promise<[ours: RawClient, theirs: RawClient]> {
  const both: [RawClient, RawClient] = [await connect(), await connect(beside.plain.endpoint)];
  for (const client of both) await client.commandRaw('HELLO', String(protocol));
  return both;
}

async function untilBlocked(ours: RawClient, count: number): Promise<void> {
  await vi.waitFor(
    async () => {
      const lines = String(await ours.command('CLIENT', 'LIST')).split('\n');
      expect(lines.filter((line) => / flags=b /.test(line))).toHaveLength(count);
    },
    { timeout: 5_000, interval: 10 },
  );
}

const idOf = async (client: RawClient): Promise<string> => String(await client.command('CLIENT', 'ID'));

/** What differs from one client to the other, and what a proxy does not have. */
function withoutOwn(line: string): string {
  return line
    .replace(/^[$=]\d+/, '')
    .replace(/\b(id|addr|laddr|fd|age|idle)=\S+/g, '$1=')
    .replace(/\b(qbuf|qbuf-free|argv-mem|rbs|rbp|tot-mem|omem|obl|oll)=\d+/g, '$1=');
}

describe.each([2, 3])('in RESP%i, CLIENT', (protocol) => {
  test.each<Argument[][]>(
    [
      [
        ['CLIENT', 'GETNAME'],
        ['CLIENT', 'SETNAME', 'me'],
        ['CLIENT', 'GETNAME'],
        ['CLIENT', 'SETNAME', ''],
        ['CLIENT', 'GETNAME'],
      ],
      [
        ['CLIENT', 'SETNAME', 'a b'],
        ['CLIENT', 'SETNAME', 'a\nb'],
        ['CLIENT', 'SETNAME'],
        ['CLIENT', 'SETNAME', 'é'],
      ],
      [['PING'], ['CLIENT', 'GETNAME']],
      [['CLIENT', 'SETNAME', 'me'], ['RESET'], ['CLIENT', 'GETNAME']],
      [
        ['CLIENT', 'LIST', 'TYPE', 'foo'],
        ['CLIENT', 'LIST', 'TYPE'],
        ['CLIENT', 'LIST', 'ID'],
        ['CLIENT', 'LIST', 'ID', 'x'],
        ['CLIENT', 'LIST', 'x', 'y'],
      ],
      [
        ['CLIENT', 'LIST', 'TYPE', 'replica'],
        ['CLIENT', 'LIST', 'TYPE', 'MASTER'],
        ['CLIENT', 'LIST', 'ID', '999999'],
      ],
      [
        ['CLIENT', 'KILL', '1.2.3.4:5'],
        ['CLIENT', 'KILL', 'ID', '0'],
        ['CLIENT', 'KILL', 'ID', 'x'],
        ['CLIENT', 'KILL', 'ID'],
      ],
      [
        ['CLIENT', 'KILL', 'TYPE', 'foo'],
        ['CLIENT', 'KILL', 'USER', 'nobody'],
        ['CLIENT', 'KILL', 'SKIPME', 'maybe', 'ID', '9999'],
      ],
      [
        ['CLIENT', 'KILL', 'ADDR', 'x', 'LADDR'],
        ['CLIENT', 'KILL', 'ADDR', 'x', 'LADDR', 'y'],
        ['CLIENT', 'KILL', 'FOO', 'x'],
      ],
      [
        ['CLIENT', 'KILL', 'ID', '999999'],
        ['CLIENT', 'KILL'],
        ['CLIENT', 'KILL', 'TYPE', 'slave'],
      ],
      [
        ['CLIENT', 'UNBLOCK', 'x'],
        ['CLIENT', 'UNBLOCK', '999999'],
        ['CLIENT', 'UNBLOCK', '1', 'foo'],
        ['CLIENT', 'UNBLOCK', '999999', 'error'],
        ['CLIENT', 'UNBLOCK', '1', 'ERROR', 'x'],
      ],
      [
        ['CLIENT', 'PAUSE', 'x'],
        ['CLIENT', 'PAUSE', '-1'],
        ['CLIENT', 'PAUSE', '1', 'foo'],
        ['CLIENT', 'PAUSE', '0'],
        ['CLIENT', 'PAUSE', '1', 'all', 'x'],
        ['CLIENT', 'UNPAUSE'],
        ['CLIENT', 'UNPAUSE', 'x'],
      ],
      [
        ['CLIENT', 'NO-EVICT', 'on'],
        ['CLIENT', 'NO-EVICT', 'OFF'],
        ['CLIENT', 'NO-EVICT', 'x'],
        ['CLIENT', 'REPLY', 'x'],
        ['CLIENT', 'REPLY', 'on'],
      ],
      [['CLIENT', 'GETREDIR'], ['CLIENT', 'HELP'], ['CLIENT'], ['CLIENT', 'FOO']],
    ].map((commands) => [commands] as unknown as Argument[][]),
  )('%j', async (...commands) => {
    const [ours, theirs] = await connectBoth(protocol);
    for (const command of commands.flat() as unknown as Argument[][]) {
      const [mine, reference] = [await ours.commandRaw(...command), await theirs.commandRaw(...command)];
      expect(mine.toString(), command.join(' ')).toBe(reference.toString());
    }
  });

  test('INFO and LIST show what Redis shows', async () => {
    const [ours, theirs] = await connectBoth(protocol);
    for (const client of [ours, theirs]) {
      await client.commandRaw('CLIENT', 'SETNAME', 'me');
      await client.commandRaw('SELECT', '3');
      await client.commandRaw('CLIENT', 'NO-EVICT', 'ON');
    }
    const lines = await Promise.all([ours, theirs].map((each) => each.commandRaw('CLIENT', 'INFO')));
    expect(withoutOwn(lines[0].toString())).toBe(withoutOwn(lines[1].toString()));
    expect(lines[0].toString()).toMatch(
      new RegExp(` addr=127.0.0.1:${ours.socket.localPort} laddr=127.0.0.1:${ours.socket.remotePort} `),
    );
    const [id] = /id=\d+/.exec(lines[0].toString()) as RegExpExecArray;
    expect((await ours.commandRaw('CLIENT', 'LIST', 'ID', id.slice(3))).toString()).toContain(`${id} addr=`);
  });
});

test('CLIENT SETINFO takes what later clients send', async () => {
  const client = await connect();
  expect(await client.command('CLIENT', 'SETINFO', 'LIB-NAME', 'node-redis')).toBe('OK');
  expect(await client.command('client', 'setinfo', 'lib-ver', '6.0.0')).toBe('OK');
  expect(String(await client.commandRaw('CLIENT', 'SETINFO', 'LIB-VER', 'a b'))).toBe(
    '-ERR lib-ver cannot contain spaces, newlines or special characters.\r\n',
  );
  expect(String(await client.commandRaw('CLIENT', 'SETINFO', 'foo', 'x'))).toBe(
    "-ERR Unrecognized option 'foo'\r\n",
  );
});

test('HELLO … SETNAME names the connection', async () => {
  for (const client of await connectBoth()) {
    await client.commandRaw('HELLO', '2', 'SETNAME', 'hello');
    expect(await client.command('CLIENT', 'GETNAME')).toBe('hello');
  }
});

describe('CLIENT LIST', () => {
  test('lists all clients of the pool, in the order in which they came', async () => {
    const all = [await connect(), await connect(), await connect()];
    const ids = [];
    for (const client of all) ids.push(await idOf(client));
    const listed = String(await all[1].command('CLIENT', 'LIST')).matchAll(/^id=(\d+) /gm);
    expect(Array.from(listed, ([, id]) => id).slice(-3)).toEqual(ids);
    expect(ids).toEqual([...ids].sort((a, b) => Number(a) - Number(b)));
  });

  test('says which command came last, and how deep a transaction is', async () => {
    for (const [watcher, busy] of [
      [await connect(), await connect()],
      [await connect(beside.plain.endpoint), await connect(beside.plain.endpoint)],
    ]) {
      const id = await idOf(busy);
      const line = async () => String(await watcher.command('CLIENT', 'LIST', 'ID', id));
      await busy.command('GET', 'x');
      expect(await line()).toMatch(/ flags=N .* multi=-1 .* cmd=get /);
      await busy.pipeline([['MULTI'], ['SET', 'x', '1']]);
      expect(await line()).toMatch(/ flags=x .* multi=1 .* cmd=set /);
      await busy.commandRaw('NOSUCH');
      expect(await line()).toMatch(/ cmd=NULL /);
    }
  });

  test('says who listens, and to how much', async () => {
    for (const [watcher, listener] of [
      [await connect(), await connect()],
      [await connect(beside.plain.endpoint), await connect(beside.plain.endpoint)],
    ]) {
      const id = await idOf(listener);
      const lines = async (...which: string[]) => String(await watcher.command('CLIENT', 'LIST', ...which));
      listener.send('SUBSCRIBE a b\r\nPSUBSCRIBE c* d* e*\r\nSSUBSCRIBE f\r\n');
      for (let i = 0; i < 6; i++) await listener.read();
      expect(await lines('ID', id)).toMatch(/ flags=P db=0 sub=2 psub=3 ssub=1 /);
      expect(await lines('TYPE', 'pubsub')).toMatch(new RegExp(`^id=${id} .*\n$`));
      expect(await lines('TYPE', 'normal')).not.toMatch(new RegExp(`^id=${id} `, 'm'));
      expect(await watcher.command('CLIENT', 'KILL', 'TYPE', 'pubsub')).toBe(1);
      await listener.closed;
    }
  });
});

describe('CLIENT KILL', () => {
  test('ends others by id, address and type', async () => {
    const killer = await connect();
    const [first, second, third] = [await connect(), await connect(), await connect()];
    expect(await killer.command('CLIENT', 'KILL', 'ID', await idOf(first))).toBe(1);
    await first.closed;
    await second.command('PING');
    expect(await killer.command('CLIENT', 'KILL', `127.0.0.1:${second.socket.localPort}`)).toBe('OK');
    await second.closed;
    await third.command('PING');
    expect(
      await killer.command('CLIENT', 'KILL', 'ADDR', `127.0.0.1:${third.socket.localPort}`, 'TYPE', 'normal'),
    ).toBe(1);
    await third.closed;
    expect(await killer.command('PING')).toBe('PONG');
  });

  test('answers the one that kills itself, and ends it', async () => {
    for (const client of await connectBoth()) {
      const id = await idOf(client);
      expect(await client.command('CLIENT', 'KILL', 'ID', id)).toBe(0);
      expect(await client.command('CLIENT', 'KILL', 'ID', id, 'SKIPME', 'no')).toBe(1);
      await client.closed;
    }
  });
});

describe('CLIENT REPLY', () => {
  test('OFF and SKIP withhold replies', async () => {
    for (const client of await connectBoth()) {
      client.send('CLIENT REPLY OFF\r\nSET a 1\r\nNOSUCH\r\nPING\r\nMGET a b c d\r\nCLIENT REPLY ON\r\n');
      expect(await client.read()).toBe('OK');
      client.send(
        'CLIENT REPLY SKIP\r\nPING\r\nGET a\r\nCLIENT REPLY SKIP\r\nCLIENT REPLY SKIP\r\nGET a\r\nPING x\r\n',
      );
      expect(await client.read()).toBe('1');
      expect(await client.read()).toBe('x');
      client.send('CLIENT REPLY OFF\r\nCLIENT REPLY SKIP\r\nPING\r\nPING\r\nRESET\r\n');
      expect(await client.read()).toBe('RESET');
      expect(await client.command('ECHO', 'here')).toBe('here');
    }
  });
});

describe('CLIENT UNBLOCK', () => {
  test.each([
    ['TIMEOUT', '*-1\r\n'],
    ['ERROR', '-UNBLOCKED client unblocked via CLIENT UNBLOCK\r\n'],
  ])('ends waiting with %s, and loses nothing', async (reason, expected) => {
    const [ours, blocked] = [await connect(), await connect()];
    const id = await idOf(blocked);
    for (let round = 0; round < 3; round++) {
      const reply = blocked.commandRaw('BLPOP', 'list', '0');
      await untilBlocked(ours, 1);
      expect(await ours.command('CLIENT', 'UNBLOCK', id, reason)).toBe(1);
      expect((await reply).toString()).toBe(expected);
    }
    expect(await ours.command('CLIENT', 'UNBLOCK', id)).toBe(0);
    expect(await ours.command('RPUSH', 'list', 'a')).toBe(1);
    expect(await blocked.command('BLPOP', 'list', '0')).toEqual(['list', 'a']);
  });

  test('races with what it waits for: an element is had once', async () => {
    const [ours, blocked] = [await connect(), await connect()];
    const id = await idOf(blocked);
    for (let round = 0; round < 50; round++) {
      const reply = blocked.command('BLPOP', 'race', '0');
      await untilBlocked(ours, 1);
      const [pushed, unblocked] = await ours.pipeline([
        ['RPUSH', 'race', String(round)],
        ['CLIENT', 'UNBLOCK', id],
      ]);
      expect(await reply).toEqual(['race', String(round)]);
      expect([pushed, unblocked]).toEqual([1, 0]);
    }
  });
});
