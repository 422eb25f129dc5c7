import { topologySuite } from '@shardmux/conformance';
import type { NodeDescription } from '@shardmux/plugin-api';
import { TemporaryFolder } from '@shardmux/testing';
import { afterAll, describe, test } from 'vitest';
import { plugins } from '../src/index.js';

const servers: readonly NodeDescription[] = [
  { name: 'one', endpoint: { kind: 'tcp', host: '::1', port: 6379 }, weight: 1 },
  { name: 'two', endpoint: { kind: 'unix', path: '/tmp/two.sock' }, weight: 3 },
];

const folder = new TemporaryFolder();
afterAll(() => folder.remove());

let count = 1;

/** One server more than before. */
function writeServers(): string {
  const list = Array.from({ length: count++ }, (_, i) => ({
    host: 'h',
    port: 6379,
    name: `n${i}`,
    zone: 'a',
    replicas: [{ host: 'h', port: 6380, name: `r${i}` }],
  }));
  return folder.write('servers.json', JSON.stringify({ servers: list }));
}

describe.each(plugins)('$name', ({ create }) => {
  describe('with servers', () => {
    for (const { promise, check } of topologySuite(() => create({ servers }))) test(promise, check);
  });

  describe('with a file', () => {
    const path = writeServers();
    const suite = topologySuite(() => create({ path }), {
      change: async () => void writeServers(),
      createWithoutServers: () => create({ path: `${path}.none` }),
    });
    for (const { promise, check } of suite) test(promise, check);
  });
});
