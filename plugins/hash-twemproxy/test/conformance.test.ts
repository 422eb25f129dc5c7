import { hashSuite } from '@shardmux/conformance';
import { describe, expect, test } from 'vitest';
import { plugins } from '../src/index.js';

/** What Twemproxy's own tests expect. */
const hashesOfApple = new Map([
  ['one_at_a_time', 2297466611],
  ['md5', 3195025439],
  ['crc16', 3662830516],
  ['crc32', 10542],
  ['crc32a', 2838417488],
  ['fnv1_64', 473199127],
  ['fnv1a_64', 1488911807],
  ['fnv1_32', 67176023],
  ['fnv1a_32', 280767167],
  ['hsieh', 3738850110],
  ['murmur', 4142305122],
  ['jenkins', 1442444624],
]);

test('the twelve are there', () => {
  expect(new Set(plugins.map(({ name }) => name))).toEqual(new Set(hashesOfApple.keys()));
});

describe.each(plugins)('$name', ({ name, create }) => {
  const suite = hashSuite(() => create(undefined), [{ key: 'apple', hash: hashesOfApple.get(name)! }]);
  for (const { promise, check } of suite) test(promise, check);
});
