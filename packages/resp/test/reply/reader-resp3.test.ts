import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RespReplyReader } from '../../src/reply/reader.js';
import { anySent, bytesOf } from './any-reply.js';
import { plain, valuesOf } from './values.js';

const read = (text: string, options = plain) => valuesOf(Buffer.from(text), options)[0];

it('any replies have the values that were sent', () => {
  fc.assert(
    fc.property(anySent, (sent) => {
      expect(valuesOf(bytesOf(sent))).toEqual(sent.map(({ value }) => value));
    }),
    { numRuns: 300 },
  );
});

describe('a reader', () => {
  it.each([
    ['_\r\n', null],
    ['#f\r\n', false],
    [',-inf\r\n', Number.NEGATIVE_INFINITY],
    [',-nan\r\n', Number.NaN],
    [',-0\r\n', -0],
    [',1.5E+3\r\n', 1500],
    ['(-12345678901234567890\r\n', -12345678901234567890n],
    ['(no number\r\n', 'no number'],
    ['(\r\n', ''],
    ['=8\r\nmkd:some\r\n', 'some'],
    ['~2\r\n:1\r\n:1\r\n', [1, 1]],
    ['>2\r\n+message\r\n+a\r\n', ['message', 'a']],
    ['!5\r\nERR a\r\n', { error: 'ERR a' }],
    ['|1\r\n+ttl\r\n:3\r\n|0\r\n$1\r\nv\r\n', 'v'],
    [
      '%3\r\n:1\r\n+a\r\n#t\r\n+b\r\n*1\r\n+c\r\n+d\r\n',
      [
        ['1', 'a'],
        ['true', 'b'],
        ["[ 'c' ]", 'd'],
      ],
    ],
  ])('reads %j', (text, value) => {
    expect(read(text)).toEqual(value);
  });

  it('makes a plain object of a map, whatever its keys are called', () => {
    const reader = new RespReplyReader();
    const text = '%3\r\n+__proto__\r\n+a\r\n+constructor\r\n+b\r\n+toString\r\n%1\r\n+c\r\n_\r\n';
    const map = reader.read(Buffer.from(text), 0, text.length, { buffers: true, stringNumbers: false });
    expect(Object.getPrototypeOf(map)).toBe(Object.prototype);
    expect(Object.entries(map as object)).toEqual([
      ['__proto__', Buffer.from('a')],
      ['constructor', Buffer.from('b')],
      ['toString', { c: null }],
    ]);
  });

  it.each([
    [',1.50\r\n', '1.50'],
    [',inf\r\n', 'inf'],
    ['(12\r\n', '12'],
    ['#t\r\n', true],
  ])('reads %j as %j where numbers are to be texts', (text, value) => {
    expect(read(text, { buffers: false, stringNumbers: true })).toEqual(value);
  });

  it('skips any number of attributes, but no depth without end', () => {
    expect(read(`${'|0\r\n'.repeat(100_000)}:7\r\n`)).toBe(7);
    const deep = Buffer.from(`${'%1\r\n'.repeat(100_000)}${':1\r\n'.repeat(100_001)}`);
    expect(() => new RespReplyReader().read(deep, 0, deep.length, plain)).toThrow('nested deeper');
  });
});
