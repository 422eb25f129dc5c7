import { freePort, type Relay, startRelay } from '@shardmux/testing';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { ClientShards } from '../support/client.js';

/*
 * Commands over several servers of which one does not answer: an error of the client, not one that looks like a
 * server's; and of a write that was applied in part it tells how far it got.
 */

let shards: ClientShards;
let keys: string[];
const cleanups: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  shards = await ClientShards.start(3);
  keys = await shards.keyPerServer(shards.client());
});

afterEach(async () => {
  for (const server of shards.servers) server.thaw();
  for (const cleanup of cleanups.splice(0)) await cleanup();
  await shards.reset();
});

afterAll(() => shards.stop());

const pairs = () => keys.flatMap((key) => [key, 'new']);

async function lastBehindRelay(): Promise<Relay> {
  const relay = await startRelay(shards.servers[2].endpoint);
  cleanups.push(() => relay.stop());
  return relay;
}

test('a server that cannot be reached', async () => {
  const nowhere = { host: '127.0.0.1', port: await freePort() };
  const options = { lazyConnect: true, maxRetriesPerRequest: 2, retryStrategy: () => 10 };
  const redis = shards.client(options, {}, [...shards.servers.slice(0, 2), nowhere]);
  await redis.connect();
  const isLimit = { name: 'MaxRetriesPerRequestError', code: 'SHARDMUX_UNREACHABLE' };
  await expect(redis.mget(keys)).rejects.toMatchObject({ ...isLimit, command: { name: 'mget', args: keys } });
  await expect(redis.mset(pairs())).rejects.toMatchObject({
    ...isLimit,
    message: expect.stringMatching(/cannot be reached \(applied on 2 of 3 shards\)$/),
  });
  const results = await redis.pipeline().mget(keys).get(keys[0]).exec();
  expect(results).toEqual([
    [expect.objectContaining(isLimit), undefined],
    [null, 'new'],
  ]);
});

test('a server that is not waited for', async () => {
  const nowhere = { host: '127.0.0.1', port: await freePort() };
  const options = { lazyConnect: true, enableOfflineQueue: false, retryStrategy: () => 60_000 };
  const redis = shards.client(options, {}, [...shards.servers.slice(0, 2), nowhere]);
  await redis.connect();
  await expect(redis.exists(keys)).rejects.toMatchObject({
    code: 'SHARDMUX_UNREACHABLE',
    message: 'The server cannot be reached; the command was not sent to it',
  });
  await expect(redis.mset(pairs())).rejects.toMatchObject({
    code: 'SHARDMUX_UNREACHABLE',
    message: expect.stringContaining('(applied on 2 of 3 shards)'),
  });
});

test('a connection that is lost while the server works', async () => {
  const relay = await lastBehindRelay();
  const redis = shards.client({}, {}, [...shards.servers.slice(0, 2), relay]);
  await redis.mset(pairs());
  relay.delay(60_000);
  const before = relay.bytesToServer;
  const calls = [redis.touch(keys), redis.del(keys)];
  await expect.poll(() => relay.bytesToServer).toBeGreaterThan(before);
  relay.cut('reset');
  const lost = { code: 'SHARDMUX_CONNECTION_LOST', message: expect.stringContaining('is unknown') };
  await expect(calls[0]).rejects.toMatchObject(lost);
  await expect(calls[1]).rejects.toMatchObject({
    ...lost,
    message: expect.stringMatching(/ \(applied on 2 of 3 shards\)$/),
  });
});

test.each([
  ['its own', { commandTimeout: 100 }, {}],
  ['the pool’s', {}, { timeout: 100 }],
])('a server that does not answer within %s timeout', async (_whose, options, settings) => {
  const redis = shards.client(options, settings);
  await redis.mget(keys);
  shards.servers[2].freeze();
  const [read, write] = await Promise.allSettled([redis.mget(keys), redis.mset(pairs())]);
  expect(read).toMatchObject({ reason: { code: 'SHARDMUX_COMMAND_TIMEOUT', message: 'Command timed out' } });
  expect(write).toMatchObject({
    reason: {
      code: 'SHARDMUX_COMMAND_TIMEOUT',
      message: 'Command timed out (applied on 2 of 3 shards)',
      command: { name: 'mset', args: pairs() },
    },
  });
});

test('what a server itself refuses stays its own error', async () => {
  const redis = shards.client();
  await redis.mset(pairs());
  await shards.ask(0, 'CONFIG', 'SET', 'maxmemory', '1');
  const refused = redis.mset(pairs());
  await expect(refused).rejects.toMatchObject({
    code: 'SHARDMUX_REPLY',
    message: expect.stringMatching(/^OOM .*\(applied on 2 of 3 shards\)$/),
  });
  await shards.ask(0, 'CONFIG', 'SET', 'maxmemory', '0');
});
