import { Handling, ReplyClass } from '@shardmux/plugin-api';
import { connectRaw, encodeCommand, type RawClient, type RedisServer, startRedis } from '@shardmux/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { respCodec } from '../../src/codec.js';
import { RespSplitter } from '../../src/fragments/splitter.js';
import type { RespRequestDecoder } from '../../src/request/decoder.js';
import { decodeOne, text } from '../support.js';
import { merge, mergeTexts, repliesOf } from './merging.js';

const SHARDS = 3;

const splitter = new RespSplitter();
/** The fragment that carries the given keys. */
function fragmentOf(command: RespRequestDecoder, keys: readonly number[]): Buffer {
  const { spec } = command;
  const head = Buffer.alloc(splitter.headLength(spec, keys.length));
  splitter.writeHead(spec, keys.length, head, 0);
  const parts = keys.map((key) =>
    command.bytes.subarray(splitter.partStart(command, key), splitter.partEnd(command, key)),
  );
  return Buffer.concat([head, ...parts]);
}

describe.each([2, 3])('a command split over servers that speak RESP%i', (version) => {
  let servers: RedisServer[];
  let shards: RawClient[];
  let single: RawClient;

  beforeAll(async () => {
    servers = await Promise.all(Array.from({ length: SHARDS + 1 }, () => startRedis()));
    [single, ...shards] = await Promise.all(servers.map((server) => connectRaw(server.endpoint)));
    await Promise.all([single, ...shards].map((client) => client.commandRaw('HELLO', version)));
  });

  afterAll(async () => {
    await Promise.all([single, ...(shards ?? [])].map((client) => client?.close()));
    await Promise.all((servers ?? []).map((server) => server.stop()));
  });

  async function runSplit(command: RespRequestDecoder): Promise<string | null> {
    const owners = Array.from({ length: command.keyCount }, (_, key) => ownerOf(command, key));
    const used = [...new Set(owners)];
    const replies = await Promise.all(
      used.map((shard) => {
        const keys = owners.flatMap((owner, key) => (owner === shard ? [key] : []));
        shards[shard].send(fragmentOf(command, keys));
        return shards[shard].readRaw();
      }),
    );
    return merge(
      command,
      replies,
      owners.map((owner) => used.indexOf(owner)),
    );
  }

  function ownerOf(command: RespRequestDecoder, key: number): number {
    let sum = 0;
    for (let at = command.keyStart(key); at < command.keyEnd(key); at++) sum += command.bytes[at];
    return sum % SHARDS;
  }

  const key = fc.oneof(fc.constantFrom('', 'a', 'b', 'c', 'd', 'e', '\r\n'), fc.string({ maxLength: 3 }));
  const value = fc.oneof(
    fc.string(),
    fc.integer({ min: 0, max: 2000 }).map((length) => 'x'.repeat(length)),
  );
  const anySplit = fc.oneof(
    fc.tuple(
      fc.constantFrom('MGET', 'DEL', 'unlink', 'Touch', 'EXISTS'),
      fc.array(key, { minLength: 1, maxLength: 20 }),
    ),
    fc.tuple(
      fc.constant('MSET'),
      fc.array(fc.tuple(key, value), { minLength: 1, maxLength: 20 }).map((pairs) => pairs.flat()),
    ),
  );

  it('answers as one server would', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anySplit, { minLength: 1, maxLength: 10 }), async (commands) => {
        for (const [name, args] of commands) {
          const bytes = encodeCommand([name, ...args]);
          const command = decodeOne(bytes);
          expect(command.handling).toBe(Handling.split);
          single.send(bytes);
          expect(await runSplit(command)).toBe(text(await single.readRaw()));
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe('a fragment', () => {
  it('has a head of its own and the parts as they came', () => {
    const command = decodeOne(encodeCommand(['mset', 'a', '1', 'b', '', 'c', '333']));
    expect(text(fragmentOf(command, [2, 0]))).toBe(
      '*5\r\n$4\r\nMSET\r\n$1\r\nc\r\n$3\r\n333\r\n$1\r\na\r\n$1\r\n1\r\n',
    );
  });

  it.each([9, 10, 99, 100, 1000])('counts %i parts', (parts) => {
    const words = ['DEL', ...Array.from({ length: parts }, (_, i) => `key${i}`)];
    const command = decodeOne(encodeCommand(words));
    const fragment = fragmentOf(command, [...words.keys()].slice(0, parts));
    expect(text(fragment)).toBe(encodeCommand(words).toString());
  });
});

describe('fragments that fail', () => {
  const down = text(respCodec.failureReply('refused'));

  it('make one error of a read', () => {
    expect(mergeTexts(['MGET', 'a', 'b'], ['*1\r\n$1\r\nA\r\n', down], [0, 1])).toBe(down);
    expect(mergeTexts(['EXISTS', 'a', 'b'], [down, '-ERR second\r\n'], [0, 1])).toBe(down);
    expect(mergeTexts(['TOUCH', 'a', 'b'], [':1\r\n', down], [0, 1])).toBe(down);
  });

  it('tell how much of a write was done', () => {
    const partly = (applied: number) => `-ERR Connection refused (applied on ${applied} of 3 shards)\r\n`;
    expect(mergeTexts(['MSET', 'a', '1', 'b', '2', 'c', '3'], ['+OK\r\n', down, '+OK\r\n'], [0, 1, 2])).toBe(
      partly(2),
    );
    expect(mergeTexts(['DEL', 'a', 'b', 'c'], [down, '-LOADING x\r\n', ':0\r\n'], [0, 1, 2])).toBe(partly(1));
    expect(mergeTexts(['UNLINK', 'a', 'b', 'c'], [down, down, down], [0, 1, 2])).toBe(down);
  });

  it('of class notReady are errors too', () => {
    const loading = '-LOADING Redis is loading the dataset in memory\r\n';
    const replies = repliesOf([Buffer.from(loading), Buffer.from('*1\r\n$-1\r\n')], [0, 1]);
    expect(replies.replyClass(0)).toBe(ReplyClass.notReady);
    expect(mergeTexts(['MGET', 'a', 'b'], [loading, '*1\r\n$-1\r\n'], [0, 1])).toBe(loading);
  });

  it.each([
    ['an array that is not there', ['MGET', 'a', 'b'], ['*-1\r\n', '*1\r\n$1\r\nb\r\n']],
    ['too few elements', ['MGET', 'a', 'b'], ['*0\r\n', '*1\r\n$1\r\nb\r\n']],
    ['too many elements', ['MGET', 'a', 'b'], ['*1\r\n$1\r\na\r\n', '*2\r\n$1\r\nb\r\n$-1\r\n']],
    ['elements of another type', ['MGET', 'a', 'b'], ['*1\r\n:1\r\n', '*1\r\n$1\r\nb\r\n']],
    ['a nested array', ['MGET', 'a', 'b'], ['*1\r\n*1\r\n$1\r\na\r\n', '*1\r\n$1\r\nb\r\n']],
    ['a bulk for an array', ['MGET', 'a', 'b'], ['$1\r\na\r\n', '*1\r\n$1\r\nb\r\n']],
    ['a status for a number', ['DEL', 'a', 'b'], [':1\r\n', '+OK\r\n']],
    ['a number below zero', ['DEL', 'a', 'b'], [':1\r\n', ':-1\r\n']],
    ['a number beyond reason', ['DEL', 'a', 'b'], [':1\r\n', ':9007199254740993\r\n']],
    ['a bulk for a number', ['EXISTS', 'a', 'b'], ['$1\r\n1\r\n', ':1\r\n']],
    ['a number for a status', ['MSET', 'a', '1', 'b', '2'], ['+OK\r\n', ':1\r\n']],
  ])('for they answer %s are not merged', (_, words, replies) => {
    expect(mergeTexts(words, replies, [0, 1])).toBeNull();
  });
});
