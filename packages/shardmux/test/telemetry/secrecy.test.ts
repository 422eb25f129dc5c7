import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { inspect } from 'node:util';
import { connectRaw } from '@shardmux/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Collector } from '../support/collector.js';
import { ObservedProxy } from '../support/observed-proxy.js';
import { readPage } from '../support/read-metrics.js';

/** Stands in every key, every value, and every word that a server can be made to repeat. */
const MARK = 'xyzzy';
const CHANNELS = ['command', 'batch', 'connect', 'topology', 'failover'].map((name) => `shardmux:${name}`);

const messages: unknown[] = [];
const listen = (message: unknown) => messages.push(message);
const collector = new Collector();
let proxy: ObservedProxy;

beforeAll(async () => {
  for (const channel of CHANNELS) subscribe(channel, listen);
  await collector.start();
  proxy = await ObservedProxy.start(
    (port) =>
      `{ listen: "127.0.0.1:${port}", slowlog: { threshold: 0 }, otlp: { endpoint: "${collector.url}", sample: 1 } }`,
  );
});

afterAll(async () => {
  for (const channel of CHANNELS) unsubscribe(channel, listen);
  await proxy?.stop();
  await collector.stop();
});

test('no key and no value leaves, whatever the command and whatever the error', async () => {
  const client = await connectRaw(proxy.endpoint, { strings: true });
  const keys = Array.from({ length: 20 }, (_, i) => `${MARK}:${i}`);
  const replies = await client.pipeline([
    ['MSET', ...keys.flatMap((key) => [key, MARK])],
    ['MGET', ...keys],
    ['LPUSH', MARK, MARK],
    ['GET', MARK],
    ['INCRBY', keys[0], MARK],
    ['EVAL', `return redis.error_reply('${MARK} ' .. KEYS[1])`, '1', MARK],
    ['EVAL', `return redis.error_reply('${MARK.toUpperCase()}')`, '1', MARK],
    ['EVALSHA', MARK, '1', MARK],
    ['SET', MARK, MARK, MARK],
    ['HSET', keys[1], MARK, MARK],
    [MARK, MARK],
    ['GET', MARK, MARK],
    ['DEL', ...keys, MARK],
  ]);
  // The errors do repeat it: what is looked for below can be found.
  expect(replies.filter((reply) => String(reply).toLowerCase().includes(MARK)).length).toBeGreaterThan(2);
  await client.close();

  const pages = await Promise.all(
    ['/metrics', '/slowlog', '/latency'].map(async (path) => (await readPage(proxy.port, path)).text()),
  );
  await proxy.stopProxy();
  const sent = collector.deliveries.map(({ text }) => text);
  const all = [...pages, ...sent, ...messages.map((message) => inspect(message, { depth: null }))];
  expect(sent.length).toBeGreaterThanOrEqual(2);
  expect(messages.length).toBeGreaterThan(10);
  expect(all.join('\n')).toMatch(/mget/i);
  expect(all.filter((text) => text.toLowerCase().includes(MARK))).toEqual([]);
});
