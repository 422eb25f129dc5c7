import { expect, test } from 'vitest';
import { Arena } from '../src/bytes/arena.js';
import { SLAB_SIZE } from '../src/bytes/slab.js';
import { SlabWriter } from '../src/bytes/slab-writer.js';

test('ranges follow each other in one slab until it is full', () => {
  const writer = new SlabWriter(new Arena());
  const first = writer.reserve(100);
  const second = writer.reserve(SLAB_SIZE - 100);
  const third = writer.reserve(1);
  expect(second).toBe(first);
  expect(first.fill).toBe(first.limit);
  expect(third).not.toBe(first);
});

test('a slab goes back when its last range is released, and not before', () => {
  const arena = new Arena();
  const writer = new SlabWriter(arena);
  const slab = writer.reserve(10);
  writer.reserve(10);
  writer.release(slab);
  expect(arena.take(1)).not.toBe(slab);
  writer.release(slab);
  expect(arena.take(1)).toBe(slab);
});

test('a slab that the transport may still read is not used again until it has', () => {
  const arena = new Arena();
  const writer = new SlabWriter(arena);
  const slab = writer.reserve(10);
  writer.pin();
  writer.release(slab);
  expect(arena.take(1)).not.toBe(slab);
  writer.unpin();
  expect(arena.take(1)).toBe(slab);
});

test('a range larger than a slab gets memory of its own, which the arena does not keep', () => {
  const arena = new Arena();
  const writer = new SlabWriter(arena);
  const slab = writer.reserve(SLAB_SIZE * 3);
  expect(slab.limit - slab.base).toBe(SLAB_SIZE * 3);
  writer.release(slab);
  expect(arena.take(1)).not.toBe(slab);
});
