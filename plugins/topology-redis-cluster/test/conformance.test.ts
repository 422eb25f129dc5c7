import { topologySuite } from '@shardmux/conformance';
import { freePort, type RedisCluster, startRedisCluster } from '@shardmux/testing';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { plugins } from '../src/index.js';
import { addressOf } from './servers.js';

let cluster: RedisCluster;
let nobody: string;

beforeAll(async () => {
  cluster = await startRedisCluster({ primaries: 3, replicas: 3 });
  nobody = `127.0.0.1:${await freePort()}`;
}, 60_000);
afterAll(() => cluster.stop());

/** One slot, to and fro. */
let isThere = false;
async function change(): Promise<void> {
  const [first, second] = cluster.servers;
  await (isThere ? cluster.reshard(1, second, first) : cluster.reshard(1, first, second));
  isThere = !isThere;
}

describe.each(plugins)('$name', ({ create }) => {
  const suite = topologySuite(() => create({ seeds: cluster.servers.map(addressOf), interval: 100 }), {
    change,
    createWithoutServers: () => create({ seeds: [nobody] }),
    limit: 30_000,
  });
  for (const { promise, check } of suite) test(promise, { timeout: 31_000 }, check);
});
