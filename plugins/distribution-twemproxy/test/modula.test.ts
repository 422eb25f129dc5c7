import fc from 'fast-check';
import { expect, test } from 'vitest';
import { modula } from '../src/index.js';

test('each server has as many remainders as it weighs', () => {
  const weights = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(weights, fc.nat(2 ** 20), (given, round) => {
      const distribution = modula.build(given.map((weight, i) => ({ name: `server${i}`, weight })));
      const counts = given.map(() => 0);
      const first = round * distribution.partitions;
      for (let i = 0; i < distribution.partitions; i++) counts[distribution.locate(first + i)]++;
      expect(counts).toEqual(given);
    }),
  );
});

test('servers stand in order of the length of their names, then of their bytes', () => {
  // "é" and "ü" are two bytes each: longer than "z", shorter than "abc".
  const names = ['abc', 'ü', 'z', 'é', 'ab', 'B'];
  const distribution = modula.build(names.map((name) => ({ name, weight: 1 })));
  expect(names.map((_, hash) => names[distribution.locate(hash)])).toEqual(['B', 'z', 'ab', 'é', 'ü', 'abc']);
});

test('weights may add up to more than there are hashes', () => {
  const distribution = modula.build([
    { name: 'a', weight: 1 },
    { name: 'b', weight: 2 ** 32 },
    { name: 'c', weight: 1 },
  ]);
  expect([0, 1, 0xffffffff].map((hash) => distribution.locate(hash))).toEqual([0, 1, 1]);
});
