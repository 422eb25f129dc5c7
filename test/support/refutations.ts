import { historiesByKey, linearize, type Operation, redisKey, refutationText } from '@shardmux/testing';

/** Why the histories of keys are not linearizable, one text for each key; empty: they are. */
export function refutationsOf(history: readonly Operation[]): string[] {
  return [...historiesByKey(history).values()].flatMap((ofKey) => {
    const { refutation } = linearize(ofKey, redisKey);
    return refutation === null ? [] : [refutationText(refutation)];
  });
}
