import fc from 'fast-check';
import { expect, test } from 'vitest';
import { JuteReader, JuteWriter } from '../src/jute.js';

test('what was written is read', () => {
  const int = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
  const long = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
  const text = fc.string({ unit: 'grapheme' });
  fc.assert(
    fc.property(int, long, text, fc.uint8Array(), fc.array(text), (...values) => {
      const [number, big, word, bytes, words] = values;
      const writer = new JuteWriter().int(number).long(big).text(word).bytes(bytes).int(words.length);
      for (const each of words) writer.text(each);
      const frame = writer.frame();
      expect(frame.readUInt32BE()).toBe(frame.length - 4);
      const reader = new JuteReader(frame.subarray(4));
      const read = [
        reader.int(),
        reader.long(),
        reader.text(),
        new Uint8Array(reader.bytes()),
        reader.texts(),
      ];
      expect(read).toEqual(values);
    }),
  );
});

test('nothing is -1 bytes long', () => {
  const reader = new JuteReader(new JuteWriter().int(-1).int(-1).int(7).frame().subarray(4));
  expect([reader.text(), reader.texts(), reader.int()]).toEqual(['', [], 7]);
});
