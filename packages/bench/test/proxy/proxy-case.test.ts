import { describe, expect, it } from 'vitest';
import { casesNamed } from '../../src/cases.js';
import { benchmarkArguments, PROXY_CASES } from '../../src/proxy/proxy-case.js';

describe('cases of the proxy', () => {
  it('have names of their own', () => {
    expect(new Set(PROXY_CASES.map((one) => one.name)).size).toBe(PROXY_CASES.length);
  });

  it('are what redis-benchmark is told', () => {
    const [get, mget] = casesNamed(PROXY_CASES, ['get-64b-p16', 'mget100']).map(benchmarkArguments);
    expect(get).toEqual(['-P', '16', '-d', '64', '-t', 'get']);
    expect(mget?.slice(0, 4)).toEqual(['-P', '1', 'mget', 'key:__rand_int__']);
    expect(mget).toHaveLength(103);
  });
});
