import { describe, test } from 'node:test';
import { distributionSuite } from '@shardmux/conformance';
import { plugins } from 'shardmux-plugin-distribution-my-thing';

for (const plugin of plugins) {
  describe(plugin.name, () => {
    for (const { promise, check } of distributionSuite(() => plugin.create(undefined))) test(promise, check);
  });
}
