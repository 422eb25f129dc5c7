import { describe, test } from 'node:test';
import { readsSuite } from '@shardmux/conformance';
import { plugins } from 'shardmux-plugin-reads-my-thing';

for (const plugin of plugins) {
  describe(plugin.name, () => {
    for (const { promise, check } of readsSuite(() => plugin.create())) test(promise, check);
  });
}
