import { describe, expect, it } from 'vitest';
import { contest, type Performance, type Side } from '../src/contest.js';
import { median, pairedRatio } from '../src/ratio.js';

describe('contest', () => {
  it('lets all sides run in every round, another one first each time', async () => {
    const order: string[] = [];
    const side = (name: string, peakMemory: number): Side => ({
      async run() {
        order.push(name);
        return { speed: order.length, cpu: 1 };
      },
      peakMemory: () => peakMemory,
    });
    const [, second] = await contest([side('a', 1), side('b', 2), side('c', 3)], 4);
    expect(order.join('')).toBe('abc' + 'bca' + 'cab' + 'abc');
    expect(second?.measurements.map(({ speed }) => speed)).toEqual([2, 4, 9, 11]);
    expect(second?.peakMemory).toBe(2);
  });
});

describe('ratios', () => {
  const performance = (cpus: readonly number[]): Performance => ({
    measurements: cpus.map((cpu) => ({ speed: 1, cpu })),
    peakMemory: 0,
  });

  it('are taken within each round', () => {
    // Round by round they are 1, 1 and 5; of the medians it would be 2.
    expect(pairedRatio(performance([10, 20, 50]), performance([10, 20, 10]), 'cpu')).toBe(1);
  });

  it('have a median: the middle, or the mean of the middle two', () => {
    expect(median([3])).toBe(3);
    expect(median([9, 1, 5])).toBe(5);
    expect(median([10, 1, 2, 3])).toBe(2.5);
  });
});
