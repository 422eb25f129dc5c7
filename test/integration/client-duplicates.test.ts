import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { ClientShards } from '../support/client.js';
import { runProgram } from '../support/program.js';

let shards: ClientShards;

beforeAll(async () => {
  shards = await ClientShards.start(2);
});

afterEach(() => shards.reset());

afterAll(() => shards.stop());

const closed = { code: 'SHARDMUX_CLIENT_CLOSED' };

/** How many connections the servers have, but for the one that asks. */
async function connections(): Promise<number> {
  const lists = (await shards.askAll('CLIENT', 'LIST')) as string[];
  return lists.map((list) => list.trim().split('\n').length - 1).reduce((sum, count) => sum + count, 0);
}

test('a duplicate shares the connections, and each keeps its own order of calls', async () => {
  const redis = shards.client();
  const duplicate = redis.duplicate();
  const calls = Array.from({ length: 200 }, (_, i) => [
    redis.rpush('one', i),
    duplicate.rpush('two', i),
  ]).flat();
  await Promise.all(calls);
  const all = Array.from({ length: 200 }, (_, i) => String(i));
  expect(await redis.lrange('one', 0, -1)).toEqual(all);
  expect(await duplicate.lrange('two', 0, -1)).toEqual(all);
  expect(await connections()).toBe(2);
  await duplicate.quit();
});

test.each(['quit', 'disconnect'] as const)(
  'the original is closed first (%s): the duplicate goes on',
  async (way) => {
    const redis = shards.client();
    await redis.set('a', '1');
    const duplicate = redis.duplicate();
    await redis[way]();
    await expect(redis.get('a')).rejects.toMatchObject(closed);
    expect(await duplicate.get('a')).toBe('1');
    const further = redis.duplicate();
    await duplicate.quit();
    expect(await further.get('a')).toBe('1');
    await further.quit();
    await expect.poll(connections).toBe(0);
  },
);

test('the duplicate is closed first: the original goes on, and hears nothing of it', async () => {
  const redis = shards.client();
  const seen: string[] = [];
  for (const event of ['close', 'end', 'error']) redis.on(event, () => seen.push(event));
  const duplicate = redis.duplicate();
  const ended = new Promise((resolve) => duplicate.once('end', resolve));
  await duplicate.set('a', '1');
  duplicate.disconnect();
  await ended;
  expect(await redis.get('a')).toBe('1');
  expect([redis.status, duplicate.status]).toEqual(['ready', 'end']);
  expect(seen).toEqual([]);
});

test('closing one rejects its own calls alone', async () => {
  const redis = shards.client({ commandTimeout: 0 });
  const duplicate = redis.duplicate();
  await Promise.all([redis.set('a', '1'), duplicate.set('b', '2')]);
  for (const server of shards.servers) server.freeze();
  const own = duplicate.get('a');
  const others = redis.mget('a', 'b');
  duplicate.disconnect();
  await expect(own).rejects.toMatchObject(closed);
  for (const server of shards.servers) server.thaw();
  expect(await others).toEqual(['1', '2']);
});

test('a lazy duplicate may outlive the original before it ever connected', async () => {
  const redis = shards.client();
  await redis.set('a', '1');
  const lazy = redis.duplicate({ lazyConnect: true });
  expect(lazy.status).toBe('wait');
  await redis.quit();
  expect(await lazy.get('a')).toBe('1');
  expect(lazy.status).toBe('ready');
  await lazy.quit();
  await expect.poll(connections).toBe(0);
});

test('a duplicate has its own prefix, scripts and number form, and otherwise the options of the original', async () => {
  const redis = shards.client({ keyPrefix: 'one:', stringNumbers: true });
  const duplicate = redis.duplicate({ keyPrefix: 'two:', stringNumbers: false });
  expect(await redis.incr('n')).toBe('1');
  expect(await duplicate.incr('n')).toBe(1);
  expect(await redis.duplicate().get('n')).toBe('1');
  expect(((await shards.askAll('KEYS', '*')) as string[][]).flat().toSorted()).toEqual(['one:n', 'two:n']);
});

test('the name of a connection is told from the first call on, and a duplicate may have its own', async () => {
  const redis = shards.client({ connectionName: 'original', lazyConnect: true });
  const all = [redis, redis.duplicate(), redis.duplicate({ connectionName: 'other' }), shards.client()];
  const names = await Promise.all(all.map((each) => each.client('GETNAME')));
  expect(names).toEqual(['original', 'original', 'other', null]);
  expect(() => redis.duplicate({ connectionName: 'two words' })).toThrow('printable ASCII without spaces');
});

test('it tells of the servers that are there already, and of its own life', async () => {
  const redis = shards.client();
  await redis.set('a', '1');
  const duplicate = redis.duplicate({ lazyConnect: true });
  const seen: string[] = [];
  for (const event of ['+node', 'connecting', 'connect', 'ready', 'close', 'end']) {
    duplicate.on(event, () => seen.push(event));
  }
  await duplicate.connect();
  await duplicate.quit();
  await new Promise(setImmediate);
  expect(seen).toEqual(['connecting', '+node', '+node', 'connect', 'ready', 'close', 'end']);
});

test('a process ends when the last of them is closed', async () => {
  const program = `
    import { createClient } from 'shardmux';
    const redis = createClient(JSON.parse(process.argv[1]));
    const all = [redis.duplicate(), redis, redis.duplicate({ lazyConnect: true })];
    await redis.set('a', '1');
    for (const each of all) await each.quit();
    console.log('closed');
  `;
  expect(await runProgram(program, shards.config)).toMatchObject({ code: 0, stdout: 'closed\n', stderr: '' });
});
