import { describe, test } from 'node:test';
import { hashSuite } from '@shardmux/conformance';
import { plugins } from 'shardmux-plugin-hash-my-thing';

// What the author of an algorithm has published proves most: [{ key: 'apple', hash: 1488911807 }] and so on.
const vectors = [];

for (const plugin of plugins) {
  describe(plugin.name, () => {
    for (const { promise, check } of hashSuite(() => plugin.create(undefined), vectors)) test(promise, check);
  });
}
