import { SubscriptionFrame, SubscriptionKind } from '@shardmux/plugin-api';
import { connectRaw, type RawClient, type RedisServer, startRedis } from '@shardmux/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { respSubscriptions } from '../../src/subscriptions/subscription-codec.js';

const kinds = Object.values(SubscriptionKind);
const reader = respSubscriptions.createReader();

/** A frame somewhere within other bytes, as a server's bytes are. */
function read(frame: Uint8Array): SubscriptionFrame {
  const before = Buffer.from('*3\r\n');
  const bytes = Buffer.concat([before, frame, Buffer.from('$1\r\n')]);
  const told = reader.read(bytes, before.length, before.length + frame.length);
  name = bytes.subarray(reader.nameStart, reader.nameEnd);
  return told;
}

let name: Uint8Array;
let server: RedisServer;
let client: RawClient;
let other: RawClient;

beforeAll(async () => {
  server = await startRedis();
});

afterAll(async () => {
  await server?.stop();
});

beforeEach(async () => {
  client = await connectRaw(server.endpoint);
  other = await connectRaw(server.endpoint);
  return async () => {
    await client.close();
    await other.close();
  };
});

describe("a server's frames are told", () => {
  const names = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes));

  it.each(kinds)('of kind %i', async (kind) => {
    await fc.assert(
      fc.asyncProperty(names, async (subject) => {
        for (const request of [
          respSubscriptions.subscribe(kind, subject),
          respSubscriptions.unsubscribe(kind, subject),
        ]) {
          client.send(request);
          expect(read(await client.readRaw())).toBe(SubscriptionFrame.confirmation);
          expect([reader.kind, name]).toEqual([kind, subject]);
        }
      }),
    );
  });

  it.each([
    [SubscriptionKind.channel, 'PUBLISH', 'news'],
    [SubscriptionKind.pattern, 'PUBLISH', 'n*'],
    [SubscriptionKind.shardChannel, 'SPUBLISH', 'news'],
  ])('messages of kind %i', async (kind, verb, subject) => {
    client.send(respSubscriptions.subscribe(kind, Buffer.from(subject)));
    await client.readRaw();
    for (const message of ['', 'x', '*3\r\n$9\r\nsubscribe\r\n']) {
      await other.command(verb, 'news', message);
      expect(read(await client.readRaw())).toBe(SubscriptionFrame.message);
      expect([reader.kind, String(name)]).toEqual([kind, subject]);
    }
  });

  it('that are neither', async () => {
    expect(read(await client.commandRaw('PING'))).toBe(SubscriptionFrame.other);
    expect(read(await client.commandRaw('SUBSCRIBE'))).toBe(SubscriptionFrame.refusal);
    await client.commandRaw('SUBSCRIBE', 'a');
    expect(read(await client.commandRaw('PING'))).toBe(SubscriptionFrame.other);
    expect(read(await client.commandRaw('GET', 'a'))).toBe(SubscriptionFrame.refusal);
  });
});

describe('messages come from all servers', () => {
  it.each<[SubscriptionKind, string, boolean]>([
    [SubscriptionKind.pattern, 'a', true],
    [SubscriptionKind.channel, 'a', false],
    [SubscriptionKind.channel, '', false],
    [SubscriptionKind.channel, '__keyspace@0__:a', true],
    [SubscriptionKind.channel, '__keyevent@9__:set', true],
    [SubscriptionKind.channel, '__keyspace', false],
    [SubscriptionKind.shardChannel, '__keyspace@0__:a', false],
  ])('of kind %i named %j: %j', (kind, subject, expected) => {
    expect(respSubscriptions.comesFromAll(kind, Buffer.from(subject))).toBe(expected);
  });
});
