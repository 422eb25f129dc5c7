import type { Argument } from '@shardmux/plugin-api';
import { encodeCommand } from '@shardmux/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RespRequestEncoder } from '../../src/request/encoder.js';

const encoder = new RespRequestEncoder();

/** Written in the middle of a buffer, so that what lies around it can be looked at. */
function encoded(name: string, args: readonly Argument[]): Buffer {
  const at = 7;
  const bound = encoder.bound(name, args);
  const out = Buffer.alloc(at + bound + 8, 0xee);
  const end = encoder.write(name, args, out, at);
  expect(end - at).toBeLessThanOrEqual(bound);
  expect(out.subarray(0, at).every((byte) => byte === 0xee)).toBe(true);
  expect(out.subarray(at + bound).every((byte) => byte === 0xee)).toBe(true);
  return out.subarray(at, end);
}

describe('what is written', () => {
  it('is what any client writes, for texts of any script, numbers and bytes', () => {
    const text = fc.oneof(
      fc.string({ maxLength: 120 }),
      fc.string({ unit: 'binary', maxLength: 120 }),
      fc.string({ unit: 'grapheme', maxLength: 120 }),
    );
    const argument: fc.Arbitrary<Argument> = fc.oneof(
      text,
      fc.double(),
      fc.integer(),
      fc.uint8Array({ maxLength: 600 }),
    );
    fc.assert(
      fc.property(fc.array(argument, { maxLength: 12 }), (args) => {
        expect(encoded('get', args).equals(encodeCommand(['get', ...args]))).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it('takes the length of a text from its bytes, around every change of its digits', () => {
    for (const length of [0, 1, 9, 10, 11, 47, 48, 49, 99, 100, 101, 332, 333, 334, 999, 1_000, 33_333]) {
      for (const unit of ['x', 'é', '€', '😀']) {
        const text = unit.repeat(length);
        expect(encoded('set', [text]).equals(encodeCommand(['set', text])), `${length} of ${unit}`).toBe(
          true,
        );
      }
    }
  });

  it('has the replacement character for half of a pair', () => {
    expect(encoded('set', ['a\ud800b']).toString()).toBe('*2\r\n$3\r\nset\r\n$5\r\na\ufffdb\r\n');
  });
});
