import { describe, expect, it } from 'vitest';
import { benchmarkArguments, CASES, casesNamed } from '../src/benchmark-case.js';

describe('cases', () => {
  it('have names of their own', () => {
    expect(new Set(CASES.map((one) => one.name)).size).toBe(CASES.length);
  });

  it('are found by name, in their own order', () => {
    expect(casesNamed(['mget100', 'get-64b-p16']).map((one) => one.name)).toEqual(['get-64b-p16', 'mget100']);
  });

  it('name all there are when one is unknown', () => {
    expect(() => casesNamed(['mget100', 'get-1mb'])).toThrow(/"get-1mb".*get-64b-p1, .*set-16kb-p64$/);
  });

  it('are what redis-benchmark is told', () => {
    const [get, mget] = casesNamed(['get-64b-p16', 'mget100']).map(benchmarkArguments);
    expect(get).toEqual(['-P', '16', '-d', '64', '-t', 'get']);
    expect(mget?.slice(0, 4)).toEqual(['-P', '1', 'mget', 'key:__rand_int__']);
    expect(mget).toHaveLength(103);
  });
});
