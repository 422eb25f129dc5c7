import { describe, test } from 'node:test';
import { transportSuite } from '@shardmux/conformance';
import { plugins } from 'shardmux-plugin-transport-my-thing';

for (const plugin of plugins) {
  describe(plugin.name, () => {
    for (const { promise, check } of transportSuite(() => plugin.create({ hosts: {} }))) test(promise, check);
  });
}
