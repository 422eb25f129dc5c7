import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Arena } from '../src/bytes/arena.js';
import { SLAB_SIZE, type Slab } from '../src/bytes/slab.js';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** Takes slabs until one is beyond the arena's own. */
function takeBeyond(arena: Arena): Slab {
  for (;;) {
    const slab = arena.take(1);
    if (slab.bytes.length === SLAB_SIZE) return slab;
  }
}

test('a slab beyond the arena is used again while such are needed time and again', () => {
  const arena = new Arena();
  const slab = takeBeyond(arena);
  for (let second = 0; second < 5; second++) {
    arena.give(slab);
    vi.advanceTimersByTime(1_000);
    expect(arena.take(1)).toBe(slab);
  }
});

test('it comes back empty', () => {
  const arena = new Arena();
  const slab = takeBeyond(arena);
  slab.fill = slab.limit;
  arena.give(slab);
  expect(arena.take(1).fill).toBe(slab.base);
});

test('what was not needed for a while is let go of, and nothing runs on', () => {
  const arena = new Arena();
  const slabs = [takeBeyond(arena), arena.take(1), arena.take(1)];
  for (const slab of slabs) arena.give(slab);
  vi.advanceTimersByTime(3_000);
  expect(vi.getTimerCount()).toBe(0);
  expect(slabs).not.toContain(arena.take(1));
});

test('of many, only those stay that were needed', () => {
  const arena = new Arena();
  const slabs = [takeBeyond(arena), arena.take(1), arena.take(1)];
  for (const slab of slabs) arena.give(slab);
  vi.advanceTimersByTime(1_000);
  const needed = arena.take(1);
  arena.give(needed);
  vi.advanceTimersByTime(1_000);
  expect(arena.take(1)).toBe(needed);
  expect(slabs).not.toContain(arena.take(1));
});

test('what is larger than a slab is not kept', () => {
  const arena = new Arena();
  const large = arena.take(SLAB_SIZE + 1);
  arena.give(large);
  expect(arena.take(SLAB_SIZE + 1)).not.toBe(large);
});
