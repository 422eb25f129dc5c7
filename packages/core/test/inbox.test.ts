import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Inbox } from '../src/bytes/inbox.js';
import { SLAB_SIZE, SlabPool } from '../src/bytes/slab.js';

/** What an inbox must look like from outside: bytes in, in order, and out from the front. */
const steps = fc.array(
  fc.record({
    append: fc.integer({ min: 1, max: 3 * SLAB_SIZE }),
    keep: fc.double({ min: 0, max: 1, noNaN: true }),
  }),
  { minLength: 1, maxLength: 12 },
);

test('what was appended and not consumed is there, in order', () => {
  fc.assert(
    fc.property(steps, fc.integer({ min: 0, max: 4 * SLAB_SIZE }), (script, expected) => {
      const inbox = new Inbox(new SlabPool());
      let model = Buffer.alloc(0);
      let next = 0;
      for (const { append, keep } of script) {
        const more = Buffer.from(Array.from({ length: append }, () => next++ & 0xff));
        inbox.append(more, 0, more.length, expected);
        model = Buffer.concat([model, more]);
        const consumed = model.length - Math.floor(model.length * keep);
        inbox.consume(inbox.start + consumed);
        model = model.subarray(consumed);
        if (model.length === 0) expect(inbox.bytes).toBeNull();
        else expect(model.equals(inbox.bytes!.subarray(inbox.start, inbox.end))).toBe(true);
      }
    }),
    { numRuns: 60 },
  );
});

test('a frame of known length takes memory of its own size, not of the next power of two', () => {
  const inbox = new Inbox(new SlabPool());
  const expected = 5 * SLAB_SIZE + 17;
  const chunk = Buffer.alloc(SLAB_SIZE / 4);
  let left = expected;
  while (left > 0) {
    const size = Math.min(left, chunk.length);
    inbox.append(chunk, 0, size, expected);
    left -= size;
  }
  expect(inbox.end - inbox.start).toBe(expected);
  expect(inbox.bytes?.length).toBe(expected);
});

test('a length that was only claimed makes nothing be allocated', () => {
  const inbox = new Inbox(new SlabPool());
  inbox.append(Buffer.from('$536870912\r\n'), 0, 12, 536_870_926);
  expect(inbox.bytes?.length).toBe(SLAB_SIZE);
});

test('a cleared inbox gives its slab back', () => {
  const slabs = new SlabPool();
  const inbox = new Inbox(slabs);
  inbox.append(Buffer.from('abc'), 0, 3, 0);
  const { bytes } = inbox;
  inbox.clear();
  inbox.consume(3);
  expect([inbox.start, inbox.end, inbox.bytes]).toEqual([0, 0, null]);
  expect(slabs.take(1).bytes).toBe(bytes);
});
