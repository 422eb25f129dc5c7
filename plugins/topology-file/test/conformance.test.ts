import { topologySuite } from '@shardmux/conformance';
import type { NodeDescription } from '@shardmux/plugin-api';
import { describe, test } from 'vitest';
import { plugins } from '../src/index.js';

const servers: readonly NodeDescription[] = [
  { name: 'one', endpoint: { kind: 'tcp', host: '::1', port: 6379 }, weight: 1 },
  { name: 'two', endpoint: { kind: 'unix', path: '/tmp/two.sock' }, weight: 3 },
];

describe.each(plugins)('$name', ({ create }) => {
  for (const { promise, check } of topologySuite(() => create({ servers }))) test(promise, check);
});
