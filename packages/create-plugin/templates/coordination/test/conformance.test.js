import { describe, test } from 'node:test';
import { coordinationSuite } from '@shardmux/conformance';
import { plugins } from 'shardmux-plugin-coordination-my-thing';

for (const plugin of plugins) {
  describe(plugin.name, () => {
    for (const { promise, check } of coordinationSuite(() => plugin.create(undefined))) test(promise, check);
  });
}
