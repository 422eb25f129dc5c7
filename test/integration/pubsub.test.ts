import type { RawClient, RedisServer } from '@shardmux/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BesideRedis } from '../support/beside-redis.js';
import { rawClients } from '../support/raw-clients.js';
import { untilUnsubscribed } from '../support/subscribed-links.js';
import { talk } from '../support/talk.js';

const beside = new BesideRedis(['hashTag: "{}"']);
const connect = rawClients(() => beside.shards.endpoint);

describe('a subscriber is answered as by one Redis', () => {
  test.each<[string, string[], number]>([
    [
      'counts',
      [
        'SUBSCRIBE a b',
        'PSUBSCRIBE p*',
        'SSUBSCRIBE s t',
        'UNSUBSCRIBE a',
        'PUNSUBSCRIBE',
        'SUNSUBSCRIBE s',
        'SUNSUBSCRIBE',
        'UNSUBSCRIBE',
        'GET a',
      ],
      11,
    ],
    [
      'nothing to unsubscribe from',
      [
        'UNSUBSCRIBE',
        'PUNSUBSCRIBE',
        'SUNSUBSCRIBE',
        'UNSUBSCRIBE x y',
        'SUBSCRIBE a',
        'UNSUBSCRIBE x',
        'PUNSUBSCRIBE',
      ],
      8,
    ],
    ['twice', ['SUBSCRIBE a a', 'SUBSCRIBE a', 'UNSUBSCRIBE a a', 'UNSUBSCRIBE a'], 6],
    [
      'what it may not',
      [
        'SUBSCRIBE a',
        'GET a',
        'MULTI',
        'NOSUCH x',
        'GET',
        'CLIENT ID',
        'CLIENT NOSUCH',
        'EVAL x y z',
        'HELLO 3',
        'PUBLISH a x',
      ],
      10,
    ],
    [
      'what it may',
      ['SUBSCRIBE a', 'PING', 'PING x', 'PING x y', 'RESET', 'PING', 'GET a', 'SUBSCRIBE a', 'QUIT'],
      9,
    ],
    [
      'nothing',
      [
        'SUBSCRIBE',
        'PSUBSCRIBE',
        'SSUBSCRIBE',
        'PUBLISH a',
        'SPUBLISH a',
        'PUBSUB',
        'PUBSUB X',
        'PUBSUB NUMPAT x',
      ],
      8,
    ],
    ['between others', ['SET a 1', 'GET a', 'SUBSCRIBE a b c d', 'PING', 'UNSUBSCRIBE c b a d', 'GET a'], 12],
    [
      'in RESP3',
      [
        'HELLO 3',
        'SUBSCRIBE a b',
        'GET a',
        'PING',
        'PING x',
        'UNSUBSCRIBE b a',
        'UNSUBSCRIBE',
        'SUNSUBSCRIBE',
        'SSUBSCRIBE s',
        'HELLO 2',
        'GET a',
      ],
      13,
    ],
  ])('%s', async (_, commands, replies) => {
    const [ours, theirs] = [await connect(), await connect(beside.plain.endpoint)];
    const mine = await talk(ours, commands, replies);
    const reference = await talk(theirs, commands, replies);
    const known = (reply: string) => reply.replace(/\nid\r\n:\d+/, '');
    expect(mine.map(known)).toEqual(reference.map(known));
    expect([ours.unread.length, theirs.unread.length]).toEqual([0, 0]);
  });
});

describe('messages', () => {
  test.each([2, 3])('come to all who listen, in RESP%i', async (protocol) => {
    const told = await Promise.all(
      [beside.shards.endpoint, beside.plain.endpoint].map(async (endpoint) => {
        const [listener, other] = [await connect(endpoint), await connect(endpoint)];
        await listener.commandRaw('HELLO', String(protocol));
        await talk(listener, ['SUBSCRIBE news sport', 'PSUBSCRIBE n*', 'SSUBSCRIBE news'], 4);
        await other.pipeline([
          ['PUBLISH', 'news', 'one'],
          ['SPUBLISH', 'news', 'two'],
          ['PUBLISH', 'news', ''],
          ['PUBLISH', 'none', 'three'],
        ]);
        const messages = await Promise.all(Array.from({ length: 6 }, () => listener.readRaw()));
        return messages.map(String);
      }),
    );
    const [mine, reference] = told;
    // Two channels may be on two servers.
    const of = (all: string[], name: string) => all.filter((each) => each.includes(name));
    expect(of(mine, 'news')).toEqual(of(reference, 'news'));
    expect(of(mine, 'none')).toEqual(of(reference, 'none'));
  });
});

describe.each([2, 3])('between messages, in RESP%i', (protocol) => {
  test('a subscription begins and ends where its confirmations say', async () => {
    const rounds = 200;
    const [listener, steady, publisher] = [await connect(), await connect(), await connect()];
    await listener.commandRaw('HELLO', String(protocol));
    // So that the server goes on sending to the link that they share.
    await talk(steady, ['SUBSCRIBE a'], 1);
    let isPublishing = true;
    const publishing = (async () => {
      for (let i = 0; isPublishing; i++) await publisher.command('PUBLISH', 'a', String(i));
    })();
    listener.send('SUBSCRIBE a\r\nPING\r\nPING\r\nUNSUBSCRIBE a\r\nEXISTS nothing\r\n'.repeat(rounds));
    let [last, ended, heard] = [-1, 0, 0];
    let isSubscribed = false;
    while (ended < rounds) {
      const frame = String(await listener.readRaw());
      const message = /message\r\n\$1\r\na\r\n\$\d+\r\n(\d+)/.exec(frame);
      if (message !== null) {
        expect([isSubscribed, Number(message[1]) > last]).toEqual([true, true]);
        last = Number(message[1]);
        heard++;
      } else if (frame.includes('\nunsubscribe')) {
        expect(isSubscribed).toBe(true);
        isSubscribed = false;
        ended++;
      } else if (frame.includes('\nsubscribe')) {
        isSubscribed = true;
      }
    }
    isPublishing = false;
    await publishing;
    expect(heard).toBeGreaterThan(0);
    expect(String(await listener.readRaw())).toBe(':0\r\n');
    expect(String(listener.unread)).toBe('');
  });
});

test('what was published before is heard before the end, and not after the beginning', async () => {
  const [listener, steady, publisher] = [await connect(), await connect(), await connect()];
  await talk(steady, ['SUBSCRIBE a'], 1);
  // Takes longer to come to the subscribers than the reply to the publisher.
  const padding = 'x'.repeat(4 * 2 ** 20);
  for (let round = 0; round < 5; round++) {
    await publisher.command('PUBLISH', 'a', `before ${padding}`);
    await talk(listener, ['SUBSCRIBE a'], 1);
    await publisher.command('PUBLISH', 'a', `during ${padding}`);
    const [message, confirmation] = await talk(listener, ['UNSUBSCRIBE a'], 2);
    expect(message.slice(0, 60)).toMatch(/\nmessage.*\nduring/s);
    expect(confirmation).toMatch(/\nunsubscribe/);
    await Promise.all([steady.readRaw(), steady.readRaw()]);
  }
});

describe('whatever clients do', () => {
  const name = fc.constantFrom('a', 'b', 'c', 'd', 'aa', '');
  const words = (...verbs: string[]) =>
    fc
      .tuple(fc.constantFrom(...verbs), fc.array(name, { minLength: 1, maxLength: 3 }))
      .map(([verb, names]) => [verb, ...names]);
  const patterns = fc.constantFrom(
    ['PSUBSCRIBE', 'a*'],
    ['PUNSUBSCRIBE', 'a*'],
    ['PSUBSCRIBE', 'b'],
    ['PING'],
  );
  const change = fc.oneof(
    words('SUBSCRIBE', 'SUBSCRIBE', 'SSUBSCRIBE', 'UNSUBSCRIBE', 'SUNSUBSCRIBE'),
    patterns,
  );
  const act = fc.oneof(
    fc.record({ by: fc.nat(2), commands: fc.array(change, { minLength: 1, maxLength: 4 }) }),
    fc.tuple(fc.constantFrom('PUBLISH', 'SPUBLISH'), name).map(([verb, channel]) => [verb, channel]),
  );

  async function open(endpoint: RedisServer['endpoint']): Promise<RawClient[]> {
    const all = await Promise.all(Array.from({ length: 4 }, () => connect(endpoint)));
    await all[1].commandRaw('HELLO', '3');
    return all;
  }

  /** All that came to each until the answer to a PING that is sent now. */
  async function drain(listeners: readonly RawClient[]): Promise<string[][]> {
    return Promise.all(
      listeners.map(async (listener) => {
        listener.send('PING barrier\r\n');
        const frames: string[] = [];
        for (let frame = ''; !frame.includes('barrier'); ) {
          frame = String(await listener.readRaw());
          frames.push(frame);
        }
        return frames.slice(0, -1);
      }),
    );
  }

  test('they are told what one Redis would tell them, and in its order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 1, maxLength: 25 }), async (acts) => {
        await untilUnsubscribed(beside.shards);
        const [mine, reference] = [await open(beside.shards.endpoint), await open(beside.plain.endpoint)];
        for (const [i, each] of acts.entries()) {
          for (const [publisher, ...listeners] of [mine.toReversed(), reference.toReversed()]) {
            if (Array.isArray(each)) await publisher.command(each[0], each[1], `message ${i}`);
            else await sendAll(listeners.toReversed()[each.by], each.commands);
          }
          const expected = await drain(reference.slice(0, 3));
          for (const [k, frames] of expected.entries()) {
            const told: string[] = [];
            for (const _ of frames) told.push(String(await mine[k].readRaw()));
            expect([i, k, told]).toEqual([i, k, frames]);
          }
        }
        const questions = [
          ['PUBSUB', 'NUMSUB', 'a', 'b', 'a', 'aa'],
          ['PUBSUB', 'SHARDNUMSUB', 'a', 'b'],
          ['PUBSUB', 'NUMPAT'],
        ];
        expect(await mine[3].pipeline(questions)).toEqual(await reference[3].pipeline(questions));
        for (const list of ['CHANNELS', 'SHARDCHANNELS']) {
          const names = await Promise.all(
            [mine[3], reference[3]].map((client) => client.command('PUBSUB', list)),
          );
          expect((names[0] as string[]).sort()).toEqual((names[1] as string[]).sort());
        }
        for (const client of [...mine, ...reference]) {
          expect(String(client.unread)).toBe('');
          await client.close();
        }
      }),
      { numRuns: 40 },
    );
  }, 60_000);

  async function sendAll(client: RawClient, commands: readonly (readonly string[])[]): Promise<void> {
    client.send(
      commands
        .map(
          (parts) => `*${parts.length}\r\n${parts.map((part) => `$${part.length}\r\n${part}\r\n`).join('')}`,
        )
        .join(''),
    );
  }
});
