import { describe, test } from 'node:test';
import { telemetrySuite } from '@shardmux/conformance';
import { plugins } from 'shardmux-plugin-telemetry-my-thing';

for (const plugin of plugins) {
  describe(plugin.name, () => {
    for (const { promise, check } of telemetrySuite(() => plugin.create(undefined))) test(promise, check);
  });
}
