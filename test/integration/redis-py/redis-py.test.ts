import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Endpoint } from '@shardmux/plugin-api';
import { type RedisServer, startRedis } from '@shardmux/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { assignSlots } from '../../support/assign-slots.js';
import { ProxyCluster } from '../../support/proxy-cluster.js';
import { Shards } from '../../support/shards.js';

const GROUPS = [
  ...['strings', 'bitmaps', 'hashes', 'lists', 'sets', 'sorted_sets', 'streams', 'geo', 'hyperloglog'],
  ...['generic', 'expiry', 'scan_iter', 'pipelines', 'transactions', 'scripts', 'functions'],
  ...['pubsub', 'blocking', 'connection', 'server', 'lock', 'asynchronous'],
];

/** What a user may do, besides the default user, who may do everything. */
const ADA = 'on >secret ~a* +@read +set +acl|whoami';

/** Runs a group of the script. Rejects with the traceback where a reply is not as the script says. */
async function exercise(group: string, endpoint: Endpoint): Promise<void> {
  const { port } = endpoint as { port: number };
  // Debian's Python, which has Debian's redis-py; -B keeps it from leaving a cache beside the script.
  const args = ['-B', join(import.meta.dirname, 'run.py'), String(port), group];
  const { stdout } = await promisify(execFile)('/usr/bin/python3', args, { timeout: 20_000 });
  expect(stdout).toBe(`${group}\n`);
}

describe('what the script expects is what one Redis says', () => {
  let plain: RedisServer;
  /** A cluster of one. */
  let member: RedisServer;

  beforeAll(async () => {
    plain = await startRedis({ args: ['--user', 'ada', ...ADA.split(' ')] });
    member = await startRedis({ cluster: true });
    await assignSlots(member, [0, 16_383]);
  });

  afterAll(async () => {
    await plain?.stop();
    await member?.stop();
  });

  test.each(GROUPS)('%s', (group) => exercise(group, plain.endpoint));

  test('users', () => exercise('users', plain.endpoint));

  test('cluster', () => exercise('cluster', member.endpoint));
});

describe('redis-py through the proxy', () => {
  let shards: Shards;
  let guarded: Shards;
  let pool: ProxyCluster;

  beforeAll(async () => {
    shards = await Shards.start(3, ['hashTag: "{}"']);
    guarded = await Shards.start(3, [`users: { default: "on nopass ~* &* +@all", ada: "${ADA}" }`]);
    pool = await ProxyCluster.start();
  });

  afterAll(async () => {
    await shards?.stop();
    await guarded?.stop();
    await pool?.stop();
  });

  test.each(GROUPS)('%s', (group) => exercise(group, shards.endpoint));

  test('users', () => exercise('users', guarded.endpoint));

  test('cluster', () => exercise('cluster', pool.proxies[0].endpoints[0]));
});
