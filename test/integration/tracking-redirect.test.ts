import { connectRaw, encodeCommand, type RawClient } from '@shardmux/testing';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SideBySide } from '../support/side-by-side.js';

const CHANNEL = '__redis__:invalidate';
const KEYS = ['a', 'b', 'c', 'd', 'e', 'f'];

const both = new SideBySide(['limits: { maxPrivateLinks: 24 }']);

/** Three clients of one side: one reads, one is told, one writes. */
class Trio {
  readonly reader: RawClient;
  readonly told: RawClient;
  readonly writer: RawClient;
  /** Of the one that is told. */
  readonly id: string;

  private constructor([reader, told, writer]: RawClient[], id: string) {
    this.reader = reader;
    this.told = told;
    this.writer = writer;
    this.id = id;
  }

  static async connect(endpoint: Parameters<typeof connectRaw>[0]): Promise<Trio> {
    const clients = await Promise.all([1, 2, 3].map(() => connectRaw(endpoint, { strings: true })));
    return new Trio(clients, String(await clients[1].command('CLIENT', 'ID')));
  }

  get clients(): RawClient[] {
    return [this.reader, this.told, this.writer];
  }
}

let ours: Trio;
let theirs: Trio;

beforeEach(async () => {
  ours = await Trio.connect(both.shards.endpoint);
  theirs = await Trio.connect(both.plain.endpoint);
});

afterEach(async () => {
  await Promise.all([...ours.clients, ...theirs.clients].map((client) => client.close()));
});

/** Sends commands in one write, then PING, and tells all that comes up to its answer; ids by name. */
async function say(client: RawClient, id: string, ...lines: string[]): Promise<string[]> {
  const commands = [...lines.map((line) => line.replace('$ID', id)), 'PING end'];
  client.send(Buffer.concat(commands.map((line) => encodeCommand(line.split(' ')))));
  const heard: string[] = [];
  for (;;) {
    const reply = (await client.readRaw()).toString('latin1').replaceAll('\r\n', ' ').trim();
    if (reply.endsWith('end')) return heard;
    heard.push(reply.replaceAll(`:${id}`, ':$ID').replaceAll(`redir=${id} `, 'redir=$ID '));
  }
}

type Role = 'reader' | 'told' | 'writer';

/** What both sides say to the same commands. */
async function compare(role: Role, ...lines: string[]): Promise<string[]> {
  const [mine, reference] = await Promise.all(
    [ours, theirs].map((trio) => say(trio[role], trio.id, ...lines)),
  );
  expect(mine).toEqual(reference);
  return mine;
}

/** Tells that all is to be forgotten: ours does where it has other connections to servers than before. */
const isOfAll = (heard: string) => /invalidate (\$-1|_)$/.test(heard);

/** What the same client of both sides is told of single keys, which is so much. */
async function compareNews(role: Role, count: number): Promise<string[]> {
  const [mine, reference] = await Promise.all(
    [ours, theirs].map(async (trio) => {
      const heard: string[] = [];
      await vi.waitFor(async () => {
        heard.push(...(await say(trio[role], trio.id)).filter((each) => !isOfAll(each)));
        expect(heard.length).toBeGreaterThanOrEqual(count);
      }, 10_000);
      return heard.sort();
    }),
  );
  expect(mine).toEqual(reference);
  expect(mine).toHaveLength(count);
  return mine;
}

test('what is wrong is told as by one Redis, in RESP2', async () => {
  await compare(
    'reader',
    ...['CLIENT TRACKING ON', 'CLIENT TRACKINGINFO', 'CLIENT GETREDIR', 'GET a', 'CLIENT TRACKING OFF'],
    ...['CLIENT TRACKING ON REDIRECT $ID REDIRECT 7', 'CLIENT TRACKING ON REDIRECT x'],
    ...[
      'CLIENT TRACKING ON REDIRECT 0',
      'CLIENT TRACKING ON REDIRECT 9999999',
      'CLIENT TRACKING ON REDIRECT',
    ],
    ...['CLIENT TRACKING ON FOO REDIRECT x', 'CLIENT TRACKING FOO REDIRECT $ID'],
    ...['CLIENT TRACKING OFF REDIRECT $ID', 'CLIENT TRACKINGINFO', 'CLIENT GETREDIR'],
    ...[
      'CLIENT TRACKING ON REDIRECT $ID',
      'CLIENT TRACKINGINFO',
      'CLIENT GETREDIR',
      'CLIENT TRACKING ON BCAST',
    ],
    ...['CLIENT TRACKING ON REDIRECT $ID OPTIN NOLOOP', 'CLIENT TRACKINGINFO', 'CLIENT CACHING YES'],
    ...['CLIENT TRACKINGINFO', 'CLIENT TRACKING ON OPTOUT', 'CLIENT TRACKING OFF', 'CLIENT TRACKINGINFO'],
  );
});

test.each(['HELLO 2', 'HELLO 3'])(
  'a subscriber in RESP2 is told of what a client reads after %s',
  async (hello) => {
    await compare('told', `SUBSCRIBE ${CHANNEL}`);
    await compare('reader', `CLIENT TRACKING ON REDIRECT $ID`);
    await Promise.all([ours, theirs].map((trio) => say(trio.reader, trio.id, hello)));
    await compare('reader', 'GET a', 'MGET b c d', 'MULTI', 'GET e', 'EXEC');
    await compare('writer', ...KEYS.map((key) => `SET ${key} x`));
    expect(await compareNews('told', 5)).toContain(`*3 $7 message $20 ${CHANNEL} *1 $1 a`);
    expect(await compare('reader')).toEqual([]);
    // Told once, it is not remembered.
    await compare('writer', ...KEYS.map((key) => `SET ${key} y`));
    await compare('reader', 'GET f');
    await compare('writer', 'SET f z');
    await compareNews('told', 1);
  },
);

test('one that listens to anything is told, one that does not is not', async () => {
  await compare('reader', 'CLIENT TRACKING ON REDIRECT $ID', 'GET a');
  await compare('writer', 'SET a x');
  await compare('told', 'SUBSCRIBE other');
  await compare('reader', 'GET b');
  await compare('writer', 'SET b x');
  expect(await compareNews('told', 1)).toEqual([`*3 $7 message $20 ${CHANNEL} *1 $1 b`]);
  await compare('told', `SUBSCRIBE ${CHANNEL}`, 'UNSUBSCRIBE other');
  await compare('reader', 'GET c');
  await compare('writer', 'SET c x');
  await compareNews('told', 1);
});

test('FLUSHALL has all forgotten', async () => {
  await compare('told', `SUBSCRIBE ${CHANNEL}`);
  await compare('reader', 'CLIENT TRACKING ON REDIRECT $ID', 'MGET a b c d e f');
  await compare('writer', 'FLUSHALL');
  const all = `*3 $7 message $20 ${CHANNEL} $-1`;
  await expect.poll(() => say(ours.told, ours.id)).toContain(all);
  expect(await say(theirs.told, theirs.id)).toEqual([all]);
});

test('a broadcast goes where it is redirected', async () => {
  await compare('told', `SUBSCRIBE ${CHANNEL}`);
  await compare('reader', 'CLIENT TRACKING ON REDIRECT $ID BCAST PREFIX user:', 'CLIENT TRACKINGINFO');
  // A server tells at once of all that was written at once.
  for (const key of ['user:1', 'other', 'user:2', 'user:1']) await compare('writer', `SET ${key} x`);
  await compareNews('told', 3);
});

test.each(['OPTIN', 'OPTOUT', 'NOLOOP'])('REDIRECT goes with %s', async (options) => {
  await compare('told', `SUBSCRIBE ${CHANNEL}`);
  await compare('reader', `CLIENT TRACKING ON REDIRECT $ID ${options}`, 'CLIENT TRACKINGINFO');
  const isOpt = options.startsWith('OPT');
  const caching = options === 'OPTIN' ? 'YES' : 'NO';
  await compare(
    'reader',
    'GET a',
    ...(isOpt ? [`CLIENT CACHING ${caching}`] : []),
    'MGET b c',
    'GET d',
    'SET d 1',
  );
  await compare('writer', 'MSET a 1 b 1', 'SET c 1');
  await compareNews('told', { OPTIN: 2, OPTOUT: 2, NOLOOP: 3 }[options] as number);
});

test('one that is gone: the reader is told so in RESP3, and both versions say so when they are asked', async () => {
  const [a, b] = ['CLIENT TRACKING ON REDIRECT $ID', 'MGET a b'];
  await compare('reader', a, b, 'CLIENT TRACKINGINFO');
  await Promise.all([ours.told.close(), theirs.told.close()]);
  await vi.waitFor(() => compare('writer', 'CLIENT TRACKING ON REDIRECT $ID'), 10_000);
  await compare('writer', 'SET a x');
  const broken = (trio: Trio) => say(trio.reader, trio.id, 'CLIENT TRACKINGINFO');
  await expect.poll(async () => (await broken(ours))[0]).toContain('broken_redirect');
  await compare('reader', 'CLIENT TRACKINGINFO', 'CLIENT GETREDIR');
  for (const trio of [ours, theirs]) {
    const [info] = await say(trio.reader, trio.id, 'CLIENT INFO');
    expect(info).toMatch(/ flags=tR .* redir=\$ID /);
    // At other servers the key may have been forgotten with the change of protocol.
    await say(trio.reader, trio.id, 'HELLO 3', 'GET b', 'GET c');
  }
  await compare('writer', 'SET b x');
  expect(await compareNews('reader', 1)).toEqual(['>2 $21 tracking-redir-broken :$ID']);
  for (const trio of [ours, theirs]) {
    const [, ...more] = await say(trio.reader, trio.id, 'CLIENT TRACKING ON', 'CLIENT TRACKINGINFO');
    expect(more.at(-1)).toBe('%3 $5 flags ~1 $2 on $8 redirect :0 $8 prefixes *0');
  }
});

test('CLIENT INFO says whom a client redirects to, and that it broadcasts', async () => {
  for (const trio of [ours, theirs]) {
    const infos = await say(
      trio.reader,
      trio.id,
      ...[
        'CLIENT INFO',
        'CLIENT TRACKING ON',
        'CLIENT INFO',
        'CLIENT TRACKING ON REDIRECT $ID',
        'CLIENT INFO',
      ],
      ...[
        'CLIENT TRACKING OFF',
        'CLIENT TRACKING ON BCAST',
        'CLIENT INFO',
        'CLIENT TRACKING OFF',
        'CLIENT INFO',
      ],
    );
    const said = infos.flatMap((each) => / (flags=\w+) .* (redir=\S+)/.exec(each)?.slice(1) ?? []);
    expect(said).toEqual([
      ...['flags=N', 'redir=-1', 'flags=t', 'redir=0', 'flags=t', 'redir=$ID'],
      ...['flags=tB', 'redir=0', 'flags=N', 'redir=-1'],
    ]);
  }
});

test('a client may redirect to itself', async () => {
  await compare('told', 'CLIENT TRACKING ON REDIRECT $ID', 'GET a', `SUBSCRIBE ${CHANNEL}`);
  await compare('writer', 'SET a x');
  await compareNews('told', 1);
});

test.each(['HELLO 3', 'HELLO 2'])(
  'after SELECT, what was read is told of nonetheless (%s)',
  async (hello) => {
    const redirects = hello === 'HELLO 2';
    for (const trio of [ours, theirs]) {
      const teller = redirects ? trio.told : trio.reader;
      if (redirects) await say(teller, trio.id, `SUBSCRIBE ${CHANNEL}`);
      const on = `CLIENT TRACKING ON${redirects ? ' REDIRECT $ID' : ''}`;
      const heard = await say(trio.reader, trio.id, hello, on, 'GET a', 'SELECT 1', 'SELECT 1');
      await say(trio.writer, trio.id, 'SET a x');
      await vi.waitFor(async () => {
        heard.push(...(await say(teller, trio.id)));
        const news = heard.filter((each) => each.includes('invalidate'));
        expect(news).toEqual([expect.stringMatching(trio === ours ? /(\$-1|_)$/ : /\$1 a$/)]);
      }, 10_000);
    }
  },
);

test('with a lost server all is told to be forgotten, and the reader is cut off, as with one Redis', async () => {
  await say(ours.told, ours.id, `SUBSCRIBE ${CHANNEL}`);
  await say(ours.reader, ours.id, 'CLIENT TRACKING ON REDIRECT $ID', 'MGET a b c d e f');
  const server = await connectRaw(both.shards.servers[0].endpoint);
  await server.command('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
  await server.close();
  await ours.reader.closed;
  await vi.waitFor(async () => {
    const heard = await say(ours.told, ours.id);
    expect(heard).toContain(`*3 $7 message $20 ${CHANNEL} $-1`);
  }, 10_000);
});

/** The connections to servers that remember keys, and those that they have others told by. */
async function trackingLinks(): Promise<{ own: number; told: string[] }> {
  const lists = both.shards.servers.map(async ({ endpoint }, server) => {
    const client = await connectRaw(endpoint, { strings: true });
    const list = String(await client.command('CLIENT', 'LIST'));
    await client.close();
    return list.replaceAll(/^id=| redir=(?=[1-9])/gm, (word) => `${word}${server}:`);
  });
  const all = (await Promise.all(lists)).join('');
  const told = Array.from(all.matchAll(/ redir=(\d:\d+)/g), ([, id]) => id);
  return { own: all.match(/ flags=t/g)?.length ?? 0, told };
}

/** Those of the one client, when those of earlier ones are gone. */
function redirectedTo(): Promise<string[]> {
  return vi.waitFor(async () => {
    const { told } = await trackingLinks();
    expect(told).toHaveLength(3);
    return told;
  }, 10_000);
}

/** Which of these connections there are yet. */
async function whichAre(ids: readonly string[]): Promise<string[]> {
  const left = ids.map(async (id) => {
    const [server, number] = id.split(':');
    const client = await connectRaw(both.shards.servers[Number(server)].endpoint, { strings: true });
    const list = String(await client.command('CLIENT', 'LIST', 'ID', number));
    await client.close();
    return list.trim() === '' ? [] : [id];
  });
  return (await Promise.all(left)).flat();
}

test.each([
  ['CLIENT TRACKING OFF', 0],
  ['CLIENT TRACKING ON', 3],
  ['RESET', 0],
])('the connections are given back with %s', async (end, own) => {
  await say(ours.reader, ours.id, 'CLIENT TRACKING ON REDIRECT $ID', 'MGET a b c d e f');
  const told = await redirectedTo();
  expect(await whichAre(told)).toEqual(told);
  await say(ours.reader, ours.id, end, 'MGET a b c d e f');
  await expect.poll(() => trackingLinks()).toEqual({ own, told: [] });
  await expect.poll(() => whichAre(told)).toEqual([]);
});

test('the connections are given back when the client leaves, of which nobody is told', async () => {
  await say(ours.told, ours.id, `SUBSCRIBE ${CHANNEL}`);
  await say(ours.reader, ours.id, 'CLIENT TRACKING ON REDIRECT $ID', 'MGET a b c d e f');
  const told = await redirectedTo();
  expect(await whichAre(told)).toEqual(told);
  await ours.reader.close();
  await expect.poll(() => trackingLinks()).toEqual({ own: 0, told: [] });
  await expect.poll(() => whichAre(told)).toEqual([]);
  expect(await say(ours.told, ours.id)).toEqual([]);
});

test('where there may not be as many connections, the client is told so and has none', async () => {
  const redirecting = Array.from({ length: 3 }, () => connectRaw(both.shards.endpoint, { strings: true }));
  const clients = await Promise.all(redirecting);
  for (const client of clients) {
    expect(await say(client, ours.id, 'CLIENT TRACKING ON REDIRECT $ID')).toEqual(['+OK']);
  }
  const on = 'CLIENT TRACKING ON REDIRECT $ID';
  // Of 24 there are 6 left: enough for one more, but not for another.
  expect(await say(ours.reader, ours.id, on)).toEqual(['+OK']);
  const [reply, info] = await say(ours.writer, ours.id, on, 'CLIENT GETREDIR');
  expect(reply).toMatch(/^-ERR .*maxPrivateLinks/);
  expect(info).toBe(':-1');
  await say(ours.reader, ours.id, 'CLIENT TRACKING OFF');
  expect(await say(ours.writer, ours.id, on)).toEqual(['+OK']);
  await Promise.all(clients.map((client) => client.close()));
});

test('ioredis caches with a second connection that is told', async () => {
  const { host, port } = both.shards.endpoint as { host: string; port: number };
  const [reads, hears, writes] = [1, 2, 3].map(() => new Redis({ host, port, protocol: 2 }));
  const cache = new Map<string, string | null>();
  try {
    hears.on('message', (channel, keys) => {
      if (channel === CHANNEL) for (const key of [keys].flat()) cache.delete(String(key));
    });
    const id = await hears.client('ID');
    await hears.subscribe(CHANNEL);
    await reads.client('TRACKING', 'ON', 'REDIRECT', id);
    await writes.mset('a', 'old', 'b', 'old');
    for (const key of ['a', 'b']) cache.set(key, await reads.get(key));
    expect(Object.fromEntries(cache)).toEqual({ a: 'old', b: 'old' });
    await writes.set('a', 'new');
    await expect.poll(() => Object.fromEntries(cache)).toEqual({ b: 'old' });
    expect(await reads.get('a')).toBe('new');
  } finally {
    for (const client of [reads, hears, writes]) client.disconnect();
  }
});
