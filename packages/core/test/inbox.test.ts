import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { Arena } from '../src/bytes/arena.js';
import { type FrameParser, Inbox } from '../src/bytes/inbox.js';
import { SLAB_SIZE } from '../src/bytes/slab.js';

/** Frames are a length in four bytes, and as many bytes. */
class Frames implements FrameParser {
  readonly taken: Buffer[] = [];
  expected = 0;

  parse(bytes: Uint8Array, start: number, end: number): number {
    const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    let at = start;
    while (at < end) {
      this.expected = end - at < 4 ? 4 : 4 + view.readUInt32BE(at);
      if (end - at < this.expected) break;
      this.taken.push(Buffer.from(view.subarray(at + 4, at + this.expected)));
      at += this.expected;
    }
    return at;
  }
}

function frame(length: number, filler: number): Buffer {
  const bytes = Buffer.alloc(4 + length, filler);
  bytes.writeUInt32BE(length, 0);
  return bytes;
}

const length = fc.oneof(fc.nat(40), fc.nat(3_000), fc.nat(2 * SLAB_SIZE));
const cut = fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 2 * SLAB_SIZE }));

test('frames come out whole and in order, however their bytes are cut', () => {
  fc.assert(
    fc.property(
      fc.array(length, { maxLength: 12 }),
      fc.array(cut, { minLength: 1, maxLength: 40 }),
      (lengths, cuts) => {
        const frames = lengths.map((each, i) => frame(each, i));
        const bytes = Buffer.concat(frames);
        const inbox = new Inbox(new Arena());
        const parser = new Frames();
        for (let at = 0, i = 0; at < bytes.length; i++) {
          const end = Math.min(bytes.length, at + cuts[i % cuts.length]);
          inbox.receive(parser, bytes, at, end);
          at = end;
        }
        expect(parser.taken.length).toBe(frames.length);
        expect(frames.every((each, i) => each.subarray(4).equals(parser.taken[i]))).toBe(true);
        expect(inbox.bytes).toBeNull();
      },
    ),
    { numRuns: 40 },
  );
});

test('what was kept while nobody parsed comes out with the next try', () => {
  const inbox = new Inbox(new Arena());
  const parser = new Frames();
  const bytes = Buffer.concat([frame(3, 1), frame(70_000, 2), frame(5, 3)]);
  for (let at = 0; at < bytes.length; at += 1_000) {
    inbox.append(bytes, at, Math.min(bytes.length, at + 1_000), 0);
  }
  inbox.retry(parser);
  expect(parser.taken.map((each) => each.length)).toEqual([3, 70_000, 5]);
  expect(inbox.bytes).toBeNull();
});

test('a frame of known length takes memory of its own size, not of the next power of two', () => {
  const arena = new Arena();
  const inbox = new Inbox(arena);
  const parser = new Frames();
  const bytes = frame(5 * SLAB_SIZE + 17, 1);
  let room = 0;
  for (let at = 0; at < bytes.length; at += 10_000) {
    inbox.receive(parser, bytes, at, Math.min(bytes.length, at + 10_000));
    if (inbox.bytes !== null && inbox.bytes !== arena.readRegion.bytes)
      room = Math.max(room, inbox.bytes.length);
  }
  expect(parser.taken[0].length).toBe(5 * SLAB_SIZE + 17);
  expect(room).toBe(bytes.length);
});

test('a length that was only claimed makes nothing be allocated', () => {
  const arena = new Arena();
  const inbox = new Inbox(arena);
  inbox.receive(new Frames(), Buffer.from([0x20, 0, 0, 0, 1]), 0, 5);
  expect(inbox.bytes).toBe(arena.readRegion.bytes);
});

test('a cleared inbox gives its slab back', () => {
  const arena = new Arena();
  const slab = arena.take(1);
  arena.give(slab);
  const inbox = new Inbox(arena);
  inbox.append(Buffer.from('abc'), 0, 3, 0);
  inbox.clear();
  expect([inbox.start, inbox.end, inbox.bytes]).toEqual([0, 0, null]);
  expect(arena.take(1)).toBe(slab);
});

/** A frame of many small parts: all that is known of its length is that another part follows. */
class Parts implements FrameParser {
  expected = 0;

  parse(_bytes: Uint8Array, start: number, end: number): number {
    this.expected = end - start + 8;
    return start;
  }
}

test('a frame of which no more is known than that it goes on is copied a few times, not with every part', () => {
  const arena = new Arena();
  const take = vi.spyOn(arena, 'take');
  const inbox = new Inbox(arena);
  const parser = new Parts();
  const chunk = Buffer.alloc(SLAB_SIZE);
  for (let i = 0; i < 64; i++) inbox.receive(parser, chunk, 0, chunk.length);
  const taken = take.mock.calls.reduce((sum, [size]) => sum + size, 0);
  expect(inbox.end - inbox.start).toBe(64 * SLAB_SIZE);
  expect(taken).toBeLessThan(8 * 64 * SLAB_SIZE);
});
