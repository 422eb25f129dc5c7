import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connectRaw, findBinary } from '@shardmux/testing';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { Shards } from '../support/shards.js';

const CHANNELS = Array.from({ length: 12 }, (_, i) => `channel ${i}`);
const MESSAGES = 50;

let shards: Shards;
let address: { host: string; port: number };

beforeAll(async () => {
  shards = await Shards.start(3);
  address = shards.endpoint as typeof address & typeof shards.endpoint;
});

afterAll(async () => {
  await shards?.stop();
});

/** So many messages on each channel, in turn. */
async function publishAll(publish: (channel: string, message: string) => Promise<unknown>): Promise<void> {
  const all = Array.from({ length: MESSAGES }, (_, i) =>
    CHANNELS.map((channel) => publish(channel, String(i))),
  );
  await Promise.all(all.flat());
}

class Heard {
  readonly #messages = new Map<string, string[]>();

  readonly add = (message: string, channel: string): void => {
    this.#messages.set(channel, [...(this.#messages.get(channel) ?? []), message]);
  };

  async untilAll(): Promise<void> {
    const inOrder = Array.from({ length: MESSAGES }, (_, i) => String(i));
    await vi.waitFor(() => {
      for (const channel of CHANNELS) expect(this.#messages.get(channel)).toEqual(inOrder);
    }, 10_000);
  }
}

describe('ioredis', () => {
  test.each([2, 3] as const)('in RESP%i', async (protocol) => {
    const [subscriber, publisher] = [
      new Redis({ ...address, protocol }),
      new Redis({ ...address, protocol }),
    ];
    try {
      const [channels, patterns] = [new Heard(), new Heard()];
      subscriber.on('message', (channel, message) => channels.add(message, channel));
      subscriber.on('pmessage', (_, channel, message) => patterns.add(message, channel));
      expect(await subscriber.subscribe(...CHANNELS)).toBe(CHANNELS.length);
      expect(await subscriber.psubscribe('chan*')).toBe(CHANNELS.length + 1);
      expect(await publisher.pubsub('NUMPAT')).toBe(1);
      await publishAll((channel, message) => publisher.publish(channel, message));
      await channels.untilAll();
      await patterns.untilAll();
      expect(await subscriber.unsubscribe(...CHANNELS)).toBe(1);
      expect(await subscriber.punsubscribe('chan*')).toBe(0);
      expect(String(await subscriber.set('a', '1'))).toBe('OK');
    } finally {
      subscriber.disconnect();
      publisher.disconnect();
    }
  });
});

describe('node-redis', () => {
  test.each([2, 3] as const)('in RESP%i', async (RESP) => {
    const publisher = createClient({ socket: address, RESP });
    const subscriber = publisher.duplicate();
    await Promise.all([publisher.connect(), subscriber.connect()]);
    try {
      const [channels, patterns, shardChannels] = [new Heard(), new Heard(), new Heard()];
      await subscriber.subscribe(CHANNELS, channels.add);
      await subscriber.pSubscribe('chan*', patterns.add);
      await subscriber.sSubscribe(CHANNELS, shardChannels.add);
      expect(await publisher.pubSubNumSub(CHANNELS.slice(0, 2))).toEqual({ 'channel 0': 1, 'channel 1': 1 });
      expect((await publisher.pubSubChannels()).sort()).toEqual([...CHANNELS].sort());
      await publishAll((channel, message) => publisher.publish(channel, message));
      await publishAll((channel, message) => publisher.sPublish(channel, message));
      for (const heard of [channels, patterns, shardChannels]) await heard.untilAll();
      await subscriber.unsubscribe();
      await subscriber.pUnsubscribe();
      await subscriber.sUnsubscribe();
      expect(String(await subscriber.set('a', '1'))).toBe('OK');
    } finally {
      subscriber.destroy();
      publisher.destroy();
    }
  });
});

test.each([['-2'], ['-3']])('redis-cli %s', async (protocol) => {
  const cli = spawn(findBinary('redis-cli') as string, [
    ...['-h', address.host, '-p', String(address.port), protocol, 'SUBSCRIBE', 'news', 'sport'],
  ]);
  let told = '';
  cli.stdout.on('data', (chunk) => {
    told += chunk;
  });
  try {
    await expect.poll(() => told).toMatch(/subscribe.*news.*1.*subscribe.*sport.*2/s);
    const other = await connectRaw(shards.endpoint);
    await other.command('PUBLISH', 'news', 'hello');
    await other.close();
    await expect.poll(() => told).toMatch(/message.*news.*hello/s);
  } finally {
    cli.kill();
    await once(cli, 'close');
  }
});
