import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rawClients } from '../support/raw-clients.js';
import { Shards } from '../support/shards.js';
import { subscribedLinks } from '../support/subscribed-links.js';
import { talk } from '../support/talk.js';

let shards: Shards;
const connect = rawClients(() => shards.endpoint);

beforeAll(async () => {
  shards = await Shards.start(3, ['hashTag: "{}"']);
});

afterAll(async () => {
  await shards?.stop();
});

test('keyspace notifications come from all servers', async () => {
  for (const { endpoint } of shards.servers) {
    const server = await connect(endpoint);
    await server.command('CONFIG', 'SET', 'notify-keyspace-events', 'KEA');
  }
  const [listener, other] = [await connect(), await connect()];
  await talk(listener, ['SUBSCRIBE __keyevent@0__:set'], 1);
  const keys = Array.from({ length: 30 }, (_, i) => `key${i}`);
  for (const key of keys) await other.command('SET', key, '1');
  const told = await Promise.all(keys.map(() => listener.read()));
  expect(told.map((message) => (message as string[])[2]).sort()).toEqual([...keys].sort());
});

describe('in a transaction', () => {
  test('a message is published with the keys of its server', async () => {
    const [listener, client] = [await connect(), await connect()];
    await talk(listener, ['SUBSCRIBE {t}news'], 1);
    expect(
      await client.pipeline([['MULTI'], ['SET', '{t}a', '1'], ['PUBLISH', '{t}news', 'x'], ['EXEC']]),
    ).toEqual([...['OK', 'QUEUED', 'QUEUED', ['OK', 1]]]);
    expect(await listener.read()).toEqual(['message', '{t}news', 'x']);
  });

  test('nobody subscribes', async () => {
    const client = await connect();
    for (const verb of ['SUBSCRIBE', 'SSUBSCRIBE', 'PSUBSCRIBE', 'UNSUBSCRIBE', 'SUNSUBSCRIBE']) {
      const replies = await talk(client, ['MULTI', `${verb} a`, 'EXEC'], 3);
      expect(replies.slice(1).join('')).toMatch(
        /^-ERR '\w+' is not supported .* transaction.*\r\n-EXECABORT/,
      );
    }
  });
});

describe('channels', () => {
  test('that are on one server', async () => {
    const some = await Shards.start(3, ['channels: one']);
    try {
      const [listener, other] = [await connect(some.endpoint), await connect(some.endpoint)];
      await talk(listener, ['SUBSCRIBE a b c d e f'], 6);
      expect(await subscribedLinks(some)).toEqual([1, 0, 0]);
      for (const channel of ['a', 'b', 'c', 'd', 'e', 'f']) {
        expect(await other.command('PUBLISH', channel, 'x')).toBe(1);
        expect(await listener.read()).toEqual(['message', channel, 'x']);
      }
      const replies = await talk(other, ['MULTI', 'PUBLISH a x', 'EXEC'], 3);
      expect(replies[1]).toMatch(/^-ERR 'publish' is not supported .*: all channels are on one server/);
    } finally {
      await some.stop();
    }
  });

  test('that are heard from all servers', async () => {
    const some = await Shards.start(3, ['channels: all']);
    try {
      const [listener, other] = [await connect(some.endpoint), await connect(some.endpoint)];
      await talk(listener, ['SUBSCRIBE a'], 1);
      expect(await subscribedLinks(some)).toEqual([1, 1, 1]);
      for (const { endpoint } of some.servers) await (await connect(endpoint)).command('PUBLISH', 'a', 'x');
      await other.command('PUBLISH', 'a', 'x');
      for (let i = 0; i < 4; i++) expect(await listener.read()).toEqual(['message', 'a', 'x']);
      // Whatever server the keys are on.
      for (const key of ['k', 'l', 'm', 'n']) {
        const replies = await other.pipeline([['MULTI'], ['SET', key, '1'], ['PUBLISH', 'a', key], ['EXEC']]);
        expect(replies[3]).toEqual(['OK', 1]);
        expect(await listener.read()).toEqual(['message', 'a', key]);
      }
    } finally {
      await some.stop();
    }
  });
});
