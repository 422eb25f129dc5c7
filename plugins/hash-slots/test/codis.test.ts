import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { codis } from '../src/index.js';
import { awkwardKeys, bracedKeys } from './awkward-keys.js';

const hashOf = (key: Uint8Array) => codis(key, 0, key.length);

/** The rule as a pattern, over one character per byte. */
function oracle(key: Uint8Array): number {
  const text = Buffer.from(key).toString('latin1');
  const tag = /^[^{]*\{([^}]*)\}/.exec(text)?.[1];
  return crc32(Buffer.from(tag ?? text, 'latin1'));
}

// The pairs of TestHashSlot in Codis' own tests (pkg/proxy/mapper_test.go), and what is hashed of each.
test.each([
  ['{abc}', 'abc'],
  ['{{{abc1}abc2}', '{{abc1'],
  ['abc1{abc2{abc3}', 'abc2{abc3'],
  ['{{{{abc', '{{{{abc'],
  ['{{{{abc}', '{{{abc'],
  ['{{}{{abc', '{'],
  ['abc}{abc', 'abc}{abc'],
  ['abc}{123}456', '123'],
  ['123{abc}456', 'abc'],
  ['{}abc', ''],
  ['abc{}123', ''],
  ['123{456}', '456'],
])('of %s, "%s" is hashed', (key, hashed) => {
  expect(hashOf(Buffer.from(key))).toBe(crc32(hashed));
});

test.each(awkwardKeys)('%j has the CRC-32 that zlib has for its tag', (key) => {
  const bytes = Buffer.from(key);
  expect(hashOf(bytes)).toBe(oracle(bytes));
});

test('keys with braces anywhere have the CRC-32 that zlib has for their tags', () => {
  const property = fc.property(bracedKeys, (key) => hashOf(key) === oracle(key));
  fc.assert(property, { numRuns: 5_000 });
});

test('keys of any bytes have the CRC-32 that zlib has for their tags', () => {
  const keys = fc.uint8Array({ maxLength: 300, size: 'max' });
  const property = fc.property(keys, (key) => hashOf(key) === oracle(key));
  fc.assert(property, { numRuns: 2_000 });
});
