import type { Operation } from '@shardmux/testing';
import { expect } from 'vitest';
import { refutationsOf } from '../../support/refutations.js';

/**
 * Plays rounds for so many ms, of which each history must be linearizable.
 * @param play gives what happened in the round of this number.
 * @returns how many operations had an answer, and how many had none.
 */
export async function linearizableRounds(
  duration: number,
  play: (round: number) => Promise<readonly Operation[]>,
): Promise<{ readonly answered: number; readonly unknown: number }> {
  const end = performance.now() + duration;
  let answered = 0;
  let unknown = 0;
  for (let round = 0; performance.now() < end; round++) {
    const history = await play(round);
    expect(refutationsOf(history)).toEqual([]);
    unknown += history.filter(({ answer }) => answer === null).length;
    answered += history.filter(({ answer }) => answer !== null).length;
  }
  return { answered, unknown };
}
