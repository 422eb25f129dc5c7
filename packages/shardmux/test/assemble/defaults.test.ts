import { Engine, Pool } from '@shardmux/core';
import { DEFAULT_LIMITS } from '@shardmux/proxy';
import { expect, test } from 'vitest';
import { poolOptions } from '../../src/assemble/pool-options.js';
import { resolvePool } from '../../src/assemble/resolve-pool.js';
import { read } from '../support/read-config.js';

/*
 * Who builds of parts and says no more than needed has what a configuration has that says no more than needed.
 */

const [config] = read('pools: { a: { listen: "127.0.0.1:1", servers: ["127.0.0.1:2:1"] } }').pools;
const logger = { debug() {}, info() {}, warn() {}, error() {} };

test('a pool has the defaults of the configuration', () => {
  const options = poolOptions(resolvePool(config), logger);
  const { name, rule, topology, transport, codec } = options;
  const engine = new Engine();
  const configured = new Pool(engine, { ...options, offline: null, reopens: false, preconnect: false });
  const { backoff, ...rest } = new Pool(engine, { name, rule, topology, transport, codec }).linkClasses.at(0);
  const own = {
    backoff: expect.any(Function),
    waiting: expect.any(Function),
    handshake: expect.any(Function),
  };
  expect(configured.linkClasses.at(0)).toEqual({ ...rest, ...own });
  for (const attempt of [1, 2, 9]) {
    const longest = Math.min(config.reconnect.max, config.reconnect.min * 2 ** (attempt - 1));
    for (let i = 0; i < 50; i++) {
      const wait = backoff(attempt)!;
      expect(wait).toBeGreaterThanOrEqual(longest / 2);
      expect(wait).toBeLessThanOrEqual(longest);
    }
  }
});

test('a client of a proxy has the limits of the configuration', () => {
  expect(config.limits).toEqual({
    ...DEFAULT_LIMITS,
    maxClients: 10_000,
    maxLinkBytes: config.limits.maxLinkBytes,
    maxPrivateLinks: config.limits.maxPrivateLinks,
    maxConnectionsPerAddress: 0,
    maxConnectionsPerUser: 0,
  });
});
