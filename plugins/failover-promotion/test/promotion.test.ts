import type { Plugin, PromotionCandidate, ReplicationState } from '@shardmux/plugin-api';
import { expect, test } from 'vitest';
import { Promotion, plugins } from '../src/index.js';

const policy = new Promotion({ downAfter: 2_500, refusedAfter: 500, quorum: 2 });
const DOWN = { silentFor: 3_000, refusedFor: 0 };

test.each([
  [2_499, 0, false],
  [2_500, 0, true],
  [600, 499, false],
  [600, 500, true],
])('silent for %d ms, refusing for %d ms: is down is %s', (silentFor, refusedFor, expected) => {
  expect(policy.isDown({ silentFor, refusedFor })).toBe(expected);
});

test.each([
  [1_999, 0, false],
  [2_000, 0, true],
  [10, 1, true],
])('silent for %d ms, refusing for %d ms: is doubtful is %s', (silentFor, refusedFor, expected) => {
  expect(policy.isDoubtful({ silentFor, refusedFor })).toBe(expected);
});

test.each([
  [1, 1, false],
  [2, 2, true],
  [2, 3, true],
  [2, 4, false],
  [3, 4, true],
])('%d votes of %d, with a quorum of 2: decides is %s', (votes, observers, expected) => {
  expect(policy.decides(votes, observers)).toBe(expected);
});

function candidate(address: string, state: Partial<ReplicationState>): PromotionCandidate {
  const well = { role: 'replica', history: 'a', formerHistory: null, isFollowing: false } as const;
  return { address, state: { ...well, source: null, offset: 0, lostFor: 3_000, mayLead: true, ...state } };
}

test('the replica with the highest offset takes over, of equals the first', () => {
  const [a, b, c] = [7, 9, 9].map((offset, i) => candidate(`10.0.0.${i}:1`, { offset }));
  expect(policy.choose([a, b, c], DOWN)).toBe(b);
});

test('who may not lead, or has lost its primary long before, does not', () => {
  const best = candidate('a:1', { offset: 9, mayLead: false });
  const stale = candidate('b:1', { offset: 8, lostFor: 28_001 });
  const fit = candidate('c:1', { offset: 1, lostFor: 28_000 });
  expect(policy.choose([best, stale, fit], DOWN)).toBe(fit);
  expect(policy.choose([best, stale], DOWN)).toBeNull();
  expect(policy.choose([candidate('d:1', { lostFor: Number.POSITIVE_INFINITY })], DOWN)).toBeNull();
});

const [own] = plugins as readonly Plugin[];

test('its options have defaults', async () => {
  const value = { downAfter: 2_500, refusedAfter: 500, quorum: 1 };
  expect(await own.optionsSchema?.['~standard'].validate({})).toEqual({ value });
});

test.each([
  ['silence that a busy server has', { downAfter: 999 }, ['downAfter']],
  ['no quorum', { quorum: 0 }, ['quorum']],
  ['a text', { refusedAfter: '1s' }, ['refusedAfter']],
  ['an unknown option', { observers: 3 }, ['observers']],
])('refuses %s', async (_, options, path) => {
  const result = await own.optionsSchema?.['~standard'].validate(options);
  expect(result?.issues).toEqual([{ path, message: expect.stringMatching(/^must /) }]);
});
