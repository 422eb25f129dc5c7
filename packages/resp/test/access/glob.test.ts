import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Glob } from '../../src/access/glob.js';
import { OneRedis } from '../one-redis.js';

const redis = new OneRedis();

function matches(pattern: string, key: string): boolean {
  const bytes = Buffer.from(`<${key}>`, 'latin1');
  return new Glob(pattern).matches(bytes, 1, bytes.length - 1);
}

const pattern = fc.string({ unit: fc.constantFrom(...'aab**?[]^-\\\xff'), maxLength: 12 });
const key = fc.string({ unit: fc.constantFrom(...'aaab-]\\\xff'), maxLength: 8 });

describe('a pattern', () => {
  it('matches what it matches in redis-server', async () => {
    const latin1 = (text: string) => Buffer.from(text, 'latin1');
    await fc.assert(
      fc.asyncProperty(pattern, fc.array(key, { minLength: 20, maxLength: 20 }), async (glob, keys) => {
        // Whether a byte above 127 is more than others depends on the machine there.
        if (/[^\\]-\xff|\xff-/.test(glob)) return;
        await redis.client.command('ACL', 'SETUSER', 'u', 'reset', '+get', latin1(`%R~${glob}`));
        const replies = await redis.client.pipeline(
          keys.map((each) => ['ACL', 'DRYRUN', 'u', 'GET', latin1(each)]),
        );
        expect(keys.map((each) => [each, matches(glob, each)])).toEqual(
          keys.map((each, i) => [each, replies[i] === 'OK']),
        );
      }),
      { numRuns: 3_000 },
    );
  });

  it('takes no more time than the product of its length and that of the key', () => {
    expect(matches(`${'a*'.repeat(2_000)}b`, 'a'.repeat(20_000))).toBe(false);
    expect(matches(`${'*a'.repeat(2_000)}`, 'a'.repeat(20_000))).toBe(true);
  });

  it('has at most 4,096 bytes', () => {
    expect(matches('a'.repeat(4_096), 'a'.repeat(4_096))).toBe(true);
    expect(() => new Glob('a'.repeat(4_097))).toThrow('longer than shardmux allows');
  });
});
