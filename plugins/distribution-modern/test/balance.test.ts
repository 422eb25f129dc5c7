import { describe, expect, test } from 'vitest';
import { plugins } from '../src/index.js';

const nodes = [1, 2, 3, 4, 10].map((weight, i) => ({ name: `node${i}`, weight }));
const total = nodes.reduce((sum, { weight }) => sum + weight, 0);

/** What bad hash functions give. */
const poor: readonly [kind: string, hashes: number, hash: (i: number) => number][] = [
  ['that count up', 200_000, (i) => i],
  ['of 16 bits', 2 ** 16, (i) => i],
  ['that differ in their upper bits alone', 2 ** 16, (i) => (i << 16) >>> 0],
  ['that are all even', 200_000, (i) => (2 * i) >>> 0],
];

describe.each(plugins)('$name', ({ create }) => {
  test.each(poor)('spreads hashes %s by weight', (_, count, hash) => {
    const distribution = create(undefined).build(nodes);
    const counts = nodes.map(() => 0);
    for (let i = 0; i < count; i++) counts[distribution.locate(hash(i))]++;
    nodes.forEach(({ weight }, i) => {
      const expected = (count * weight) / total;
      // Five standard deviations of a fair draw.
      expect(Math.abs(counts[i] - expected)).toBeLessThan(5 * Math.sqrt(expected));
    });
  });
});
