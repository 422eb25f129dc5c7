import type { HashFunction } from '@shardmux/plugin-api';
import { type ConformanceCase, conformanceCase } from './conformance-case.js';
import type { Breach } from './conformance-error.js';
import { LONGEST_SAMPLE, sampleBytes } from './samples.js';

/** A hash that the author of the algorithm, or of the system it comes from, has published. */
export interface HashVector {
  /** Hashed as UTF-8. */
  readonly key: string;
  readonly hash: number;
}

/**
 * What every hash function promises.
 * @param create gives a new instance, as the plugin's `create` does; instances are compared with each other
 */
export function hashSuite(
  create: () => HashFunction,
  vectors: readonly HashVector[] = [],
): ConformanceCase[] {
  const suite: readonly [promise: string, prove: (create: () => HashFunction, breach: Breach) => void][] = [
    ['gives an unsigned 32-bit integer for every key', givesUint32],
    ['reads only the bytes of the key', readsOnlyTheKey],
    ['does not depend on where the key lies', ignoresPosition],
    ['leaves the bytes as they are', leavesBytes],
    ['keeps no state between calls', keepsNoState],
    ['is the same function in every instance', isSameInEveryInstance],
  ];
  const cases = suite.map(([promise, prove]) => conformanceCase(promise, (breach) => prove(create, breach)));
  if (vectors.length > 0) {
    cases.push(
      conformanceCase('gives the published hashes', (breach) => givesVectors(create, vectors, breach)),
    );
  }
  return cases;
}

/** A key of every length, and a short one of every byte value. */
function sampleKeys(): Uint8Array[] {
  const keys: Uint8Array[] = [];
  for (let length = 0; length <= LONGEST_SAMPLE; length++) keys.push(sampleBytes(length));
  for (let byte = 0; byte <= 0xff; byte++) keys.push(new Uint8Array(7).fill(byte));
  return keys;
}

function givesUint32(create: () => HashFunction, breach: Breach): void {
  const hash = create();
  for (const key of sampleKeys()) {
    const value = hash(key, 0, key.length);
    if (value >>> 0 !== value) breach(`${value} for ${describe(key)}`);
  }
}

function readsOnlyTheKey(create: () => HashFunction, breach: Breach): void {
  const hash = create();
  for (const key of sampleKeys()) {
    const start = 8;
    const end = start + key.length;
    const [first, ...others] = [0x00, 0xff, 0x5a].map((filler) => {
      const bytes = new Uint8Array(end + 8).fill(filler);
      bytes.set(key, start);
      return hash(bytes, start, end);
    });
    if (others.some((value) => value !== first)) breach(`bytes around ${describe(key)} change its hash`);
  }
}

function ignoresPosition(create: () => HashFunction, breach: Breach): void {
  const hash = create();
  for (const key of sampleKeys()) {
    const expected = hash(key, 0, key.length);
    for (const start of [1, 2, 3, 4, 7, 64]) {
      const memory = new Uint8Array(start + key.length);
      memory.set(key, start);
      if (hash(memory, start, memory.length) !== expected)
        breach(`${describe(key)} at ${start} hashes otherwise`);
      // A view has an offset of its own in the memory behind it.
      const view = memory.subarray(start);
      if (hash(view, 0, view.length) !== expected) breach(`${describe(key)} in a view hashes otherwise`);
    }
  }
}

function leavesBytes(create: () => HashFunction, breach: Breach): void {
  const hash = create();
  for (const key of sampleKeys()) {
    const copy = key.slice();
    hash(key, 0, key.length);
    if (key.some((byte, i) => byte !== copy[i])) breach(`${describe(copy)} was written to`);
  }
}

function keepsNoState(create: () => HashFunction, breach: Breach): void {
  const hash = create();
  const keys = sampleKeys();
  const forwards = keys.map((key) => hash(key, 0, key.length));
  for (let i = keys.length - 1; i >= 0; i--) {
    const again = hash(keys[i], 0, keys[i].length);
    if (again !== forwards[i]) breach(`first ${forwards[i]}, then ${again} for ${describe(keys[i])}`);
  }
}

function isSameInEveryInstance(create: () => HashFunction, breach: Breach): void {
  const one = create();
  const other = create();
  for (const key of sampleKeys()) {
    const value = one(key, 0, key.length);
    const otherValue = other(key, 0, key.length);
    if (value !== otherValue) breach(`${value} in one, ${otherValue} in another for ${describe(key)}`);
  }
}

function givesVectors(create: () => HashFunction, vectors: readonly HashVector[], breach: Breach): void {
  const hash = create();
  for (const { key, hash: expected } of vectors) {
    const bytes = new TextEncoder().encode(key);
    const value = hash(bytes, 0, bytes.length);
    if (value !== expected) breach(`${value} instead of ${expected} for "${key}"`);
  }
}

function describe(key: Uint8Array): string {
  const hex = Array.from(key.subarray(0, 16), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return `a key of ${key.length} bytes [${hex}${key.length > 16 ? ' …' : ''}]`;
}
