import { describe, expect, it } from 'vitest';
import { casesNamed } from '../src/cases.js';

const CASES = [{ name: 'first' }, { name: 'second' }, { name: 'third' }];

describe('casesNamed', () => {
  it('finds them in their own order, or all of them', () => {
    expect(casesNamed(CASES, ['third', 'first'])).toEqual([CASES[0], CASES[2]]);
    expect(casesNamed(CASES, null)).toEqual(CASES);
  });

  it('names all there are when one is unknown', () => {
    expect(() => casesNamed(CASES, ['first', 'forth'])).toThrow(/"forth".*first, second, third$/);
  });
});
