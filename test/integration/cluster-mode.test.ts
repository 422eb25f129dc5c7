import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type RedisServer, startRedis } from '@shardmux/testing';
import fc from 'fast-check';
import { Cluster } from 'ioredis';
import { createCluster } from 'redis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { assignSlots } from '../support/assign-slots.js';
import { ProxyCluster } from '../support/proxy-cluster.js';
import { rawClients } from '../support/raw-clients.js';
import { Shardmux } from '../support/shardmux.js';
import { poolFile } from '../support/shards.js';

let pool: ProxyCluster;
/** A real cluster of one server. */
let reference: RedisServer;
const connect = rawClients(() => pool.proxies[0].endpoints[0]);

beforeAll(async () => {
  pool = await ProxyCluster.start();
  reference = await startRedis({ cluster: true, args: ['--cluster-announce-ip', '127.0.0.1'] });
  await assignSlots(reference, [0, 16_383]);
}, 30_000);

afterAll(async () => {
  await pool?.stop();
  await reference?.stop();
});

/** Numbers and names that are each one's own. */
function formOf(reply: Buffer): string {
  return reply
    .toString()
    .replace(/[0-9a-f]{40}/g, 'ID')
    .replace(/:\d{4,5}@\d{4,5}/g, ':PORT@BUS')
    .replace(/\r\n:\d{5}\r\n/g, '\r\n:PORT\r\n')
    .replace(/(cluster_(my|current)_epoch):\d+/g, '$1:N')
    .replace(/myself,master - \d+ \d+ \d+/, 'myself,master - N N N')
    .replace(/^[$=]\d+/, '');
}

describe('as a cluster of one', () => {
  let alone: Shardmux;

  beforeAll(async () => {
    const file = await poolFile([`${pool.servers[0].host}:${pool.servers[0].port}:1`], ['cluster: {}']);
    alone = await Shardmux.start(file);
  });

  afterAll(() => alone?.stop());

  test.each(
    ['2', '3'].flatMap((version) =>
      ['SLOTS', 'SHARDS', 'NODES', 'INFO', 'MYID', 'FOO', 'KEYSLOT'].map((subcommand) => [
        subcommand,
        version,
      ]),
    ),
  )('CLUSTER %s in RESP%s has the form of a real one', async (subcommand, version) => {
    const [ours, theirs] = [await connect(alone.endpoints[0]), await connect(reference.endpoint)];
    for (const client of [ours, theirs]) await client.commandRaw('HELLO', version);
    const [mine, real] = await Promise.all(
      [ours, theirs].map(async (each) => formOf(await each.commandRaw('CLUSTER', subcommand))),
    );
    expect(mine).toBe(real);
  });

  test('KEYSLOT is that of a real one, for any key', async () => {
    const [ours, theirs] = [await connect(alone.endpoints[0]), await connect(reference.endpoint)];
    const part = fc.oneof(
      fc.constantFrom('{', '}', '{}', '{a}', ''),
      fc.string({ unit: 'binary', maxLength: 4 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 5 }), async (parts) => {
        const key = parts.join('');
        expect(await ours.command('CLUSTER', 'KEYSLOT', key)).toBe(
          await theirs.command('CLUSTER', 'KEYSLOT', key),
        );
      }),
    );
  });

  test('HELLO, INFO, CONFIG and what cluster clients send first say so', async () => {
    const [ours, theirs] = [await connect(alone.endpoints[0]), await connect(reference.endpoint)];
    for (const command of [['READONLY'], ['READWRITE'], ['ASKING'], ['CONFIG', 'GET', 'cluster-enabled']]) {
      expect(await ours.command(...command)).toEqual(await theirs.command(...command));
    }
    for (const client of [ours, theirs]) {
      expect((await client.commandRaw('HELLO', '2')).toString()).toMatch(/mode\r\n\$7\r\ncluster\r\n/);
      const info = String(await client.command('INFO'));
      expect(info).toMatch(/^redis_mode:cluster\r$/m);
      expect(info).toMatch(/^cluster_enabled:1\r$/m);
    }
    expect(String(await ours.commandRaw('CLUSTER', 'COUNTKEYSINSLOT', '1'))).toMatch(
      /^-ERR .* not supported/,
    );
  });
});

test('a pool that is none says so', async () => {
  const file = await poolFile([`${pool.servers[0].host}:${pool.servers[0].port}:1`]);
  const plain = await Shardmux.start(file);
  try {
    const [ours, theirs] = [await connect(plain.endpoints[0]), await connect(pool.servers[0].endpoint)];
    for (const command of [
      ['CLUSTER', 'SLOTS'],
      ['CLUSTER', 'INFO'],
      ['READONLY'],
      ['READWRITE'],
      ['ASKING'],
    ]) {
      expect(String(await ours.commandRaw(...command))).toBe(String(await theirs.commandRaw(...command)));
    }
  } finally {
    await plain.stop();
  }
});

describe('two proxies as a cluster of two', () => {
  const keys = Array.from({ length: 100 }, (_, i) => `key${i}`);

  test('share the slots, and each knows which it is', async () => {
    const [first, second] = [await connect(), await connect(pool.proxies[1].endpoints[0])];
    const slots = (await first.command('CLUSTER', 'SLOTS')) as [number, number, [string, number, string]][];
    expect(slots.map(([start, end, [host, port]]) => [start, end, host, port])).toEqual([
      [0, 8191, '127.0.0.1', pool.ports[0]],
      [8192, 16383, '127.0.0.1', pool.ports[1]],
    ]);
    const ids = slots.map(([, , [, , id]]) => id);
    expect([await first.command('CLUSTER', 'MYID'), await second.command('CLUSTER', 'MYID')]).toEqual(ids);
  });

  test('ioredis connects to both, with pipelines and transactions', async () => {
    const cluster = new Cluster([{ host: '127.0.0.1', port: pool.ports[0] }]);
    try {
      await Promise.all(keys.map((key) => cluster.set(key, `value of ${key}`)));
      expect(await Promise.all(keys.map((key) => cluster.get(key)))).toEqual(
        keys.map((key) => `value of ${key}`),
      );
      expect(
        cluster
          .nodes()
          .map(({ options }) => options.port)
          .sort(),
      ).toEqual([...pool.ports].sort());
      expect(await cluster.pipeline().set('{t}a', '1').incr('{t}a').get('{t}a').exec()).toEqual([
        [null, 'OK'],
        [null, 2],
        [null, '2'],
      ]);
      expect(await cluster.multi().set('{t}b', '1').get('{t}b').exec()).toEqual([
        [null, 'OK'],
        [null, '1'],
      ]);
      expect(await cluster.del('{t}a', '{t}b')).toBe(2);
    } finally {
      cluster.disconnect();
    }
  });

  test('redis-cli -c goes where it is sent', async () => {
    const { stdout } = await promisify(execFile)('redis-cli', [
      '-c',
      '-p',
      `${pool.ports[0]}`,
      'SET',
      'key1',
      'x',
    ]);
    expect(stdout).toBe('OK\n');
  });

  test.each([2, 3] as const)('node-redis connects to both in RESP%i', async (RESP) => {
    const cluster = createCluster({
      rootNodes: [{ socket: { host: '127.0.0.1', port: pool.ports[1] } }],
      RESP,
    });
    await cluster.connect();
    try {
      await Promise.all(keys.map((key) => cluster.set(key, `other value of ${key}`)));
      expect(await Promise.all(keys.map((key) => cluster.get(key)))).toEqual(
        keys.map((key) => `other value of ${key}`),
      );
      expect(cluster.masters.map(({ port }) => port).sort()).toEqual([...pool.ports].sort());
      expect(await cluster.multi().set('{t}c', '1').incr('{t}c').get('{t}c').exec()).toEqual(['OK', 2, '2']);
    } finally {
      cluster.destroy();
    }
  });
});
