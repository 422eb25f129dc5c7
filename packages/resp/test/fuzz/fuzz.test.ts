import { describe, expect, it } from 'vitest';
import { respCodec } from '../../src/codec.js';
import { fuzz } from './fuzzer.mjs';

const INPUTS = 200_000;

describe('mutated bytes', () => {
  it('break no rule', () => {
    const seed = Math.floor(Math.random() * 2 ** 32);
    try {
      expect(fuzz(respCodec, seed, (inputs) => inputs >= INPUTS)).toBe(INPUTS);
    } catch (cause) {
      throw new Error(`with seed ${seed}`, { cause });
    }
  });
});
