import { failoverSuite } from '@shardmux/conformance';
import { describe, test } from 'vitest';
import { plugins } from '../src/index.js';

describe.each(plugins)('$name', ({ create }) => {
  describe.each([1, 3, 2 ** 31 - 1])('at a limit of %d failures', (failureLimit) => {
    const suite = failoverSuite(() => create({ failureLimit, retryTimeout: 30_000 }));
    for (const { promise, check } of suite) test(promise, check);
  });
});
