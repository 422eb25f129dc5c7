import { expect, test } from 'vitest';
import { exponentialBackoff, Reconnect } from '../src/dispatch/reconnect.js';

/** The first ms at which it may connect after a failure at 0. */
function wait(reconnect: Reconnect): number {
  reconnect.failed('refused', 0);
  let now = 0;
  while (!reconnect.mayConnect(now)) now++;
  return now;
}

test('waits twice as long after each failure, up to the maximum', () => {
  const reconnect = new Reconnect(exponentialBackoff(100, 1_000, () => 1));
  expect([1, 2, 3, 4, 5, 6].map(() => wait(reconnect))).toEqual([100, 200, 400, 800, 1_000, 1_000]);
});

test('at least half of a wait is certain, the rest is up to chance', () => {
  expect(wait(new Reconnect(exponentialBackoff(100, 1_000, () => 0)))).toBe(50);
  expect(wait(new Reconnect(exponentialBackoff(100, 1_000, () => 0.5)))).toBe(75);
});

test('starts afresh when it has connected', () => {
  const reconnect = new Reconnect(exponentialBackoff(100, 1_000, () => 1));
  wait(reconnect);
  wait(reconnect);
  reconnect.reset();
  expect(reconnect.mayConnect(0)).toBe(true);
  expect(wait(reconnect)).toBe(100);
});
