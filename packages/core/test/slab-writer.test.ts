import { expect, test } from 'vitest';
import { SLAB_SIZE, SlabPool } from '../src/bytes/slab.js';
import { SlabWriter } from '../src/bytes/slab-writer.js';

test('ranges follow each other in one slab until it is full', () => {
  const writer = new SlabWriter(new SlabPool());
  const first = writer.reserve(100);
  const second = writer.reserve(SLAB_SIZE - 100);
  const third = writer.reserve(1);
  expect(second).toBe(first);
  expect(first.fill).toBe(SLAB_SIZE);
  expect(third).not.toBe(first);
});

test('a slab goes back when its last range is released, and not before', () => {
  const pool = new SlabPool();
  const writer = new SlabWriter(pool);
  const slab = writer.reserve(10);
  writer.reserve(10);
  writer.release(slab);
  expect(pool.take(1)).not.toBe(slab);
  writer.release(slab);
  expect(pool.take(1)).toBe(slab);
});

test('a slab that the transport may still read is not used again', () => {
  const pool = new SlabPool();
  const writer = new SlabWriter(pool);
  const slab = writer.reserve(10);
  writer.pinned = true;
  writer.release(slab);
  expect(pool.take(1)).not.toBe(slab);
});

test('a range larger than a slab gets memory of its own, which no pool keeps', () => {
  const pool = new SlabPool();
  const writer = new SlabWriter(pool);
  const slab = writer.reserve(SLAB_SIZE * 3);
  expect(slab.bytes.length).toBe(SLAB_SIZE * 3);
  writer.release(slab);
  expect(pool.take(1)).not.toBe(slab);
});
