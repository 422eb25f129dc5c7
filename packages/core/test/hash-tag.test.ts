import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HashTag } from '../src/routing/hash-tag.js';

function tagOf(key: string, pair = '{}'): string {
  const bytes = Buffer.from(`xx${key}xx`, 'latin1');
  const tag = new HashTag(pair.charCodeAt(0), pair.charCodeAt(1));
  tag.find(bytes, 2, bytes.length - 2);
  return bytes.toString('latin1', tag.start, tag.end);
}

test.each([
  ['plain', 'plain'],
  ['{user1}.cart', 'user1'],
  ['a{b}c', 'b'],
  ['{}{foo}', '{}{foo}'],
  ['a{}b}c', 'a{}b}c'],
  ['{{bar}}zap', '{bar'],
  ['{open', '{open'],
  ['}shut{', '}shut{'],
  ['{a}{b}', 'a'],
  ['', ''],
])('the tag of %j is %j', (key, tag) => {
  expect(tagOf(key)).toBe(tag);
});

test('opener and closer may be the same', () => {
  expect(tagOf('a|bc|d', '||')).toBe('bc');
  expect(tagOf('a||d', '||')).toBe('a||d');
  expect(tagOf('a|d', '||')).toBe('a|d');
});

test('agrees with the rule written as a regular expression', () => {
  const keys = fc.string({ unit: fc.constantFrom('{', '}', 'a', 'b'), maxLength: 12 });
  fc.assert(
    fc.property(keys, (key) => {
      const match = /^[^{]*\{([^}]+)\}/.exec(key);
      expect(tagOf(key)).toBe(match?.[1] ?? key);
    }),
    { numRuns: 2_000 },
  );
});
