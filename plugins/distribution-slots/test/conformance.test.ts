import { distributionSuite } from '@shardmux/conformance';
import { describe, test } from 'vitest';
import { plugins, type SlotsOptions } from '../src/index.js';

describe.each(plugins)('$name', ({ create }) => {
  describe.each<SlotsOptions>([
    { slots: 16_384, splitBy: 'node' },
    { slots: 1_024, splitBy: 'slot' },
    { slots: 10_007, splitBy: 'node' },
    { slots: 65_536, splitBy: 'node' },
  ])('$slots slots', (options) => {
    for (const { promise, check } of distributionSuite(() => create(options))) test(promise, check);
  });
});
