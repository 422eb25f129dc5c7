import { type RedisServer, startRedis } from '@shardmux/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { casesNamed } from '../../src/cases.js';
import { load, requestsPerSecond } from '../../src/proxy/load.js';
import { PROXY_CASES } from '../../src/proxy/proxy-case.js';

describe('load', () => {
  let redis: RedisServer;

  beforeAll(async () => {
    redis = await startRedis();
  });

  afterAll(() => redis.stop());

  it.each(['get-64b-p16', 'set-16kb-p1', 'mget100'])('drives %s', async (name) => {
    const [one] = casesNamed(PROXY_CASES, [name]);
    expect(await load(redis.port, one!, 1_000)).toBeGreaterThan(100);
  });

  it('fails at an error reply', async () => {
    const guarded = await startRedis({ password: 'secret' });
    const [one] = casesNamed(PROXY_CASES, ['mget100']);
    await expect(load(guarded.port, one!, 1_000)).rejects.toMatchObject({ code: 'SHARDMUX_BENCH_FAILED' });
    await guarded.stop();
  });
});

describe('requestsPerSecond', () => {
  it('reads the column that a header names', () => {
    expect(requestsPerSecond('"test","rps","p50_latency_ms"\n"GET","169491.53","3.735"\n')).toBe(169491.53);
    expect(requestsPerSecond('WARNING: no CONFIG\n"test","p50","rps"\n"a, b","3.7","12"\n')).toBe(12);
  });

  it('reads what Redis before 7 prints', () => {
    expect(requestsPerSecond('"GET","169491.53"\n')).toBe(169491.53);
  });

  it.each(['', '"test","rps"\n', '"test","rps"\n"GET","0.00"\n', '"test","rps"\n"GET","nan"\n'])(
    'fails where there is no result: %j',
    (csv) => {
      expect(() => requestsPerSecond(csv)).toThrow('no result');
    },
  );
});
