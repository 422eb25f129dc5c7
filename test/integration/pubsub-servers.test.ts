import { connectRaw, type RawClient, startRedis } from '@shardmux/testing';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { rawClients } from '../support/raw-clients.js';
import { Shardmux } from '../support/shardmux.js';
import { poolFile, Shards } from '../support/shards.js';
import { subscribedLinks, untilUnsubscribed } from '../support/subscribed-links.js';
import { talk } from '../support/talk.js';

let shards: Shards;
const connect = rawClients(() => shards.endpoint);

beforeAll(async () => {
  shards = await Shards.start(3);
});

afterAll(async () => {
  await shards?.stop();
});

/** Of the proxy, and of those who ask. */
async function connectionsToServers(): Promise<number> {
  const counts = await Promise.all(
    shards.servers.map(async ({ endpoint }) => {
      const server = await connectRaw(endpoint, { strings: true });
      const info = String(await server.command('INFO', 'clients'));
      await server.close();
      return Number(/connected_clients:(\d+)/.exec(info)?.[1]);
    }),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

describe('connections to servers', () => {
  test('are one to each for 1,000 subscribers, and none when they have left', async () => {
    await untilUnsubscribed(shards);
    const other = await connect();
    await other.pipeline(Array.from({ length: 20 }, (_, i) => ['GET', String(i)]));
    const atStart = await connectionsToServers();
    const listeners = await Promise.all(Array.from({ length: 1_000 }, () => connect()));
    await Promise.all(listeners.map((each, i) => talk(each, [`SUBSCRIBE all ${i}`, 'PSUBSCRIBE p*'], 3)));
    expect(await subscribedLinks(shards)).toEqual([1, 1, 1]);
    expect(await connectionsToServers()).toBe(atStart + 3);
    expect(await other.command('PUBSUB', 'NUMSUB', 'all')).toEqual(['all', 1_000]);
    await other.command('PUBLISH', 'all', 'x');
    const messages = await Promise.all(listeners.map((each) => each.read()));
    for (const message of messages) expect(message).toEqual(['message', 'all', 'x']);
    await Promise.all(listeners.map((each) => each.close()));
    await untilUnsubscribed(shards);
    expect(await other.command('PUBSUB', 'CHANNELS')).toEqual([]);
    // Idle ones are closed.
    await vi.waitFor(async () => expect(await connectionsToServers()).toBe(atStart), { timeout: 5_000 });
  }, 30_000);

  test('are restored when the server was killed, and when it cut them', async () => {
    const two = await Shards.start(2, ['timeout: 500']);
    try {
      const [listener, other] = [await connect(two.endpoint), await connect(two.endpoint)];
      await talk(listener, ['SUBSCRIBE a b c d', 'PSUBSCRIBE p*'], 5);
      await two.servers[0].kill();
      expect(String(await listener.commandRaw('PING'))).toContain('pong');
      await two.servers[0].restart();
      await heard(listener, other);
      for (const { endpoint } of two.servers) {
        const server = await connect(endpoint);
        await server.command('CLIENT', 'KILL', 'TYPE', 'pubsub');
      }
      await heard(listener, other);
    } finally {
      await two.stop();
    }
  });

  test('that say nothing are given up and made anew', async () => {
    const one = await Shards.start(1, ['timeout: 200']);
    try {
      const listener = await connect(one.endpoint);
      await talk(listener, ['SUBSCRIBE a'], 1);
      one.servers[0].freeze();
      await vi.waitFor(() => expect(one.shardmux.process.log).toMatch(/does not answer on its connection/), {
        timeout: 8_000,
      });
      one.servers[0].thaw();
      const other = await connect(one.endpoint);
      await vi.waitFor(
        async () => expect(await other.commandRaw('PUBLISH', 'a', 'x')).toEqual(Buffer.from(':1\r\n')),
        {
          timeout: 5_000,
        },
      );
      expect(await listener.read()).toEqual(['message', 'a', 'x']);
    } finally {
      await one.stop();
    }
  }, 20_000);

  test('that cannot be made are an error, and the client goes on', async () => {
    const one = await Shards.start(1);
    try {
      const listener = await connect(one.endpoint);
      await one.servers[0].kill();
      expect(await talk(listener, ['SUBSCRIBE a'], 1)).toEqual(['-ERR Connection refused\r\n']);
      await one.servers[0].restart();
      await vi.waitFor(async () => {
        const [reply] = await talk(listener, ['SUBSCRIBE a'], 1);
        expect(reply).toMatch(/subscribe/);
      }, 10_000);
    } finally {
      await one.stop();
    }
  });

  test('follow the channels of a server that is ejected and comes back', async () => {
    const two = await Shards.start(2, [
      'timeout: 300',
      'failover: { use: auto-eject, failureLimit: 1, retryTimeout: 500 }',
    ]);
    try {
      const [listener, other] = [await connect(two.endpoint), await connect(two.endpoint)];
      await talk(listener, ['SUBSCRIBE a b c d', 'PSUBSCRIBE p*'], 5);
      await two.servers[0].kill();
      await heard(listener, other);
      await two.servers[0].restart();
      await vi.waitFor(async () => expect(await subscribedLinks(two)).toEqual([1, 1]), { timeout: 5_000 });
      await heard(listener, other);
      expect((await other.command('PUBSUB', 'NUMSUB', 'a', 'b', 'c', 'd')) as unknown[]).toEqual([
        ...['a', 1, 'b', 1, 'c', 1, 'd', 1],
      ]);
    } finally {
      await two.stop();
    }
  }, 20_000);

  test('are one of each worker, with the password of the pool', async () => {
    const server = await startRedis({ password: 'secret' });
    const file = await poolFile([`${server.host}:${server.port}:1`], ['password: secret'], ['workers: 2']);
    const shardmux = await Shardmux.start(file);
    try {
      const listeners = await Promise.all(Array.from({ length: 20 }, () => connect(shardmux.endpoints[0])));
      await Promise.all(listeners.map((each) => talk(each, ['AUTH secret', 'SUBSCRIBE a'], 2)));
      const owner = await connect(server.endpoint);
      await owner.command('AUTH', 'secret');
      expect(await owner.command('PUBSUB', 'NUMSUB', 'a')).toEqual(['a', 2]);
      expect(await owner.command('PUBLISH', 'a', 'x')).toBe(2);
      for (const each of listeners) expect(await each.read()).toEqual(['message', 'a', 'x']);
    } finally {
      await shardmux.stop();
      await server.stop();
    }
  }, 20_000);

  /** Until a message came on each channel. */
  async function heard(listener: RawClient, other: RawClient): Promise<void> {
    const channels = ['a', 'b', 'c', 'd', 'p1', 'p2', 'p3', 'p4'];
    const missing = new Set(channels);
    const listening = (async () => {
      while (missing.size > 0) {
        const message = (await listener.read()) as string[];
        missing.delete(message[message.length - 2]);
      }
    })();
    await vi.waitFor(
      async () => {
        for (const channel of missing) await other.commandRaw('PUBLISH', channel, 'x');
        expect(missing.size).toBe(0);
      },
      { timeout: 10_000 },
    );
    await listening;
    // Those that were published twice.
    const end = `end ${Math.random()}`;
    listener.send(`PING ${JSON.stringify(end)}\r\n`);
    while (!String(await listener.readRaw()).includes(end));
  }
});

test('a silent subscriber may stay, and others may not', async () => {
  const one = await Shards.start(1, ['limits: { idleTimeout: 200 }']);
  try {
    const [listener, later, silent] = [
      await connect(one.endpoint),
      await connect(one.endpoint),
      await connect(one.endpoint),
    ];
    await talk(listener, ['HELLO 3', 'SUBSCRIBE a'], 2);
    await talk(later, ['SUBSCRIBE a', 'UNSUBSCRIBE'], 2);
    await Promise.all([silent.closed, later.closed]);
    expect(await talk(listener, ['PING'], 1)).toEqual(['+PONG\r\n']);
  } finally {
    await one.stop();
  }
});

test('a slow subscriber is cut at its limit, and others hear everything in order', async () => {
  const one = await Shards.start(1, ['limits: { maxOutputBytes: 1048576 }']);
  try {
    const [slow, quick, other] = [
      await connect(one.endpoint),
      await connect(one.endpoint),
      await connect(one.endpoint),
    ];
    for (const each of [slow, quick]) await talk(each, ['SUBSCRIBE a'], 1);
    slow.socket.pause();
    const padding = 'x'.repeat(65_536);
    for (let i = 0; i < 400; i++) {
      await other.command('PUBLISH', 'a', `${i} ${padding}`);
      expect(((await quick.read()) as string[])[2].slice(0, 8)).toBe(`${i} ${padding}`.slice(0, 8));
    }
    await expect.poll(() => other.command('PUBSUB', 'NUMSUB', 'a')).toEqual(['a', 1]);
  } finally {
    await one.stop();
  }
});
