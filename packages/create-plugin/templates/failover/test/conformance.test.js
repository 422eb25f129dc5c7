import { describe, test } from 'node:test';
import { failoverSuite } from '@shardmux/conformance';
import { plugins } from 'shardmux-plugin-failover-my-thing';

for (const plugin of plugins) {
  describe(plugin.name, () => {
    for (const { promise, check } of failoverSuite(() => plugin.create({ failures: 3 })))
      test(promise, check);
  });
}
