import { createHash } from 'node:crypto';
import { crc32 as zlibCrc32 } from 'node:zlib';
import type { HashFunction } from '@shardmux/plugin-api';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { crc16, crc32, crc32a, fnv1_32, fnv1_64, fnv1a_32, fnv1a_64, md5 } from '../src/index.js';

const keys = fc.uint8Array({ maxLength: 300 });

function agrees(hash: HashFunction, oracle: (key: Uint8Array) => number): void {
  const property = fc.property(keys, (key) => {
    expect(hash(key, 0, key.length)).toBe(oracle(key));
  });
  fc.assert(property, { numRuns: 1_000 });
}

const md5OfNode = (key: Uint8Array): number => createHash('md5').update(key).digest().readUInt32LE(0);

test('md5 is the beginning of the digest that Node computes', () => agrees(md5, md5OfNode));

test('md5 pads a key of any length as Node does', () => {
  const lengths = Array.from({ length: 1_000 }, (_, length) => length);
  const keysOfAll = lengths.map((length) => new Uint8Array(length).fill(length));
  expect(keysOfAll.map((key) => md5(key, 0, key.length))).toEqual(keysOfAll.map(md5OfNode));
});

test('crc32a is the CRC-32 of zlib', () => agrees(crc32a, (key) => zlibCrc32(key)));

test('crc32 is a part of the CRC-32 of zlib', () => agrees(crc32, (key) => (zlibCrc32(key) >> 16) & 0x7fff));

test('the low half of crc16 is the check value of CRC-16/XMODEM', () => {
  expect(crc16(Buffer.from('123456789'), 0, 9) & 0xffff).toBe(0x31c3);
});

type Step = (hash: bigint, byte: bigint) => bigint;

/** FNV as it is defined, in exact 64-bit arithmetic, with the bytes signed; the low 32 bits of the result. */
function fnvOracle(init: bigint, step: Step): (key: Uint8Array) => number {
  return (key) => {
    const hash = Int8Array.from(key).reduce(
      (value, byte) => BigInt.asUintN(64, step(value, BigInt(byte))),
      init,
    );
    return Number(BigInt.asUintN(32, hash));
  };
}

test.each<[string, HashFunction, bigint, Step]>([
  ['fnv1_64', fnv1_64, 0xcbf29ce484222325n, (hash, byte) => (hash * 0x100000001b3n) ^ byte],
  ['fnv1a_64', fnv1a_64, 0xcbf29ce484222325n, (hash, byte) => (hash ^ byte) * 0x100000001b3n],
  ['fnv1_32', fnv1_32, 0x811c9dc5n, (hash, byte) => (hash * 0x01000193n) ^ byte],
  ['fnv1a_32', fnv1a_32, 0x811c9dc5n, (hash, byte) => (hash ^ byte) * 0x01000193n],
])('%s is what exact arithmetic gives', (_, hash, init, step) => agrees(hash, fnvOracle(init, step)));
