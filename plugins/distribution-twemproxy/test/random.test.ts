import { expect, test } from 'vitest';
import { random } from '../src/index.js';

test('every server is as likely as the others, whatever it weighs', () => {
  const distribution = random.build([
    { name: 'a', weight: 1 },
    { name: 'b', weight: 1 },
    { name: 'c', weight: 100 },
  ]);
  const counts = [0, 0, 0];
  for (let i = 0; i < 30_000; i++) counts[distribution.locate(7)]++;
  // Seven standard deviations: a sound generator fails this once in 10^11 runs.
  for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(572);
});
