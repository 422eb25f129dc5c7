import {
  askServer,
  CertificateAuthority,
  freePort,
  type RedisOptions,
  type RedisServer,
  startRedis,
  TemporaryFolder,
} from '@shardmux/testing';
import { expect, onTestFinished, test } from 'vitest';
import { Record } from './record.js';
import { addressOf, assign, startMember, stateIs } from './servers.js';

/* Clusters of one server, each of which is up when that one has all slots. */

async function start(options?: RedisOptions): Promise<RedisServer> {
  const server = await startMember(options);
  await assign(server, 0, 16_383);
  return server;
}

/** Long enough for several readings while nobody answers, one of which would tell what was told before. */
const SEVERAL_READINGS = 1_000;

test('an outage is told once, by address and cause; the snapshot stays; the source comes back by itself', async () => {
  const server = await start();
  const record = await Record.start({ seeds: [addressOf(server)] });
  for (let outages = 1; outages <= 2; outages++) {
    await server.kill();
    await expect.poll(() => record.errors.length, { timeout: 10_000 }).toBe(outages);
    await new Promise((resolve) => setTimeout(resolve, SEVERAL_READINGS));
    await server.restart();
    await stateIs(server, 'ok');
    const answered = await timesAnswered(server);
    await expect.poll(() => timesAnswered(server), { timeout: 10_000 }).toBeGreaterThan(answered + 1);
  }
  const told = expect.objectContaining({
    code: 'SHARDMUX_REDIS_CLUSTER_AWAY',
    message: expect.stringContaining(`no server of the Redis Cluster answers: ${addressOf(server)}: `),
  });
  expect(record.errors).toEqual([told, told]);
  expect(new Set(record.snapshots).size).toBe(1);
}, 40_000);

test('with a cache it starts where nobody answers, and goes on from there', async () => {
  const server = await start();
  const folder = new TemporaryFolder();
  onTestFinished(() => folder.remove());
  const options = { seeds: [addressOf(server)], cache: `${folder.path}/servers.json` };
  const { nodes, source } = await Record.start(options);
  await source.stop();
  await server.kill();
  const late = await Record.start(options);
  expect(late.nodes).toEqual(nodes);
  expect(late.errors).toEqual([expect.objectContaining({ code: 'SHARDMUX_REDIS_CLUSTER_AWAY' })]);

  await server.restart();
  await stateIs(server, 'ok');
  await askServer(server, 'CLUSTER', 'BUMPEPOCH');
  await askServer(server, 'CONFIG', 'SET', 'cluster-announce-ip', '127.0.0.2');
  await expect.poll(() => late.nodes[0].endpoint, { timeout: 10_000 }).toMatchObject({ host: '127.0.0.2' });
}, 20_000);

async function timesAnswered(server: RedisServer): Promise<number> {
  const stats = String(await askServer(server, 'INFO', 'commandstats'));
  return Number(/cmdstat_cluster\|shards:calls=(\d+)/.exec(stats)?.[1] ?? 0);
}

test('a cluster that is down is told, and what it said when it was up stays', async () => {
  const server = await start();
  const record = await Record.start({ seeds: [addressOf(server)] });
  await askServer(server, 'CLUSTER', 'DELSLOTS', '7');
  const told = {
    code: 'SHARDMUX_REDIS_CLUSTER_DOWN',
    message: `the Redis Cluster is down, says ${addressOf(server)}: cluster_state:fail`,
  };
  await expect.poll(() => record.errors).toEqual([expect.objectContaining(told)]);
  expect(record.nodes[0].slots).toEqual([{ first: 0, last: 16_383 }]);

  const late = await Record.start({ seeds: [addressOf(server)] });
  expect(late.errors).toEqual([expect.objectContaining(told)]);
  expect(late.nodes[0].slots).toEqual([
    { first: 0, last: 6 },
    { first: 8, last: 16_383 },
  ]);
});

test('one without slots is no source, nor is a server that is in no cluster', async () => {
  const empty = await startMember();
  await expect(Record.start({ seeds: [addressOf(empty)] })).rejects.toMatchObject({
    code: 'SHARDMUX_REDIS_CLUSTER_DOWN',
    message: `the Redis Cluster is down, says ${addressOf(empty)}: no slot has a server`,
  });
  const plain = await startRedis();
  onTestFinished(() => plain.stop());
  await expect(Record.start({ seeds: [addressOf(plain)] })).rejects.toMatchObject({
    code: 'SHARDMUX_REDIS_CLUSTER_AWAY',
    message: `no server of the Redis Cluster answers: ${addressOf(plain)}: ERR This instance has cluster support disabled`,
  });
});

test('a member without slots is a node, since keys may be on their way to it', async () => {
  const server = await start();
  const record = await Record.start({ seeds: [addressOf(server)] });
  const empty = await startMember();
  const nodes = String(await askServer(empty, 'CLUSTER', 'NODES'));
  const [, bus] = /@(\d+)/.exec(nodes) as RegExpExecArray;
  await askServer(server, 'CLUSTER', 'MEET', empty.host, String(empty.port), bus);
  await expect.poll(() => record.nodes.length, { timeout: 10_000 }).toBe(2);
  expect(record.nodes.find(({ slots }) => slots?.length === 0)).toMatchObject({ endpoint: empty.endpoint });
});

test('a cluster that was made anew is believed, though its epochs are lower', async () => {
  const server = await start();
  for (let i = 0; i < 5; i++) await askServer(server, 'CLUSTER', 'BUMPEPOCH');
  const record = await Record.start({ seeds: [addressOf(server)] });
  await askServer(server, 'CLUSTER', 'RESET', 'HARD');
  await assign(server, 0, 16_383);
  const id = await askServer(server, 'CLUSTER', 'MYID');
  await expect.poll(() => record.nodes[0].name, { timeout: 10_000 }).toBe(id);
});

test('it logs on, and asks by CLUSTER SLOTS where there is no CLUSTER SHARDS', async () => {
  const server = await start();
  const seeds = [addressOf(server)];
  const { nodes } = await Record.start({ seeds });
  await askServer(server, 'ACL', 'SETUSER', 'app', 'on', '>of-app', '+cluster|info', '+cluster|slots');
  await askServer(server, 'CONFIG', 'SET', 'requirepass', 'secret');
  expect(await Record.start({ seeds, password: 'secret' })).toMatchObject({ nodes });
  expect(await Record.start({ seeds, username: 'app', password: 'of-app' })).toMatchObject({ nodes });
  await expect(Record.start({ seeds })).rejects.toThrow(`${seeds[0]}: NOAUTH`);
  await expect(Record.start({ seeds, password: 'wrong' })).rejects.toThrow(`${seeds[0]}: WRONGPASS`);
});

test('with TLS, the ports for TLS count', async () => {
  const authority = new CertificateAuthority();
  onTestFinished(() => authority.remove());
  const tls = { port: await freePort(), ca: authority.cert, ...authority.issue(['localhost']) };
  const server = await start({ tls: { ...tls, clientCertificates: false }, args: ['--tls-cluster', 'yes'] });
  const seeds = [`localhost:${tls.port}`];
  const { nodes, source } = await Record.start({ seeds, tls: { ca: tls.ca } });
  expect(nodes).toMatchObject([{ endpoint: { host: 'localhost', port: tls.port } }]);
  expect(source.endpointOf('', 7)).toEqual({ kind: 'tcp', host: 'localhost', port: 7 });
  await expect(Record.start({ seeds })).rejects.toMatchObject({ code: 'SHARDMUX_REDIS_CLUSTER_AWAY' });
  expect((await Record.start({ seeds: [addressOf(server)] })).nodes[0].endpoint).toEqual(server.endpoint);
});

test('a server is at what it announces, and else where the one is that was asked', async () => {
  const server = await start();
  for (const [type, hostname, host] of [
    ['ip', '', '127.0.0.1'],
    ['hostname', 'redis.example', 'redis.example'],
    ['hostname', '', 'localhost'],
    ['unknown-endpoint', 'redis.example', 'localhost'],
  ]) {
    await askServer(server, 'CONFIG', 'SET', 'cluster-announce-ip', '127.0.0.1');
    await askServer(server, 'CONFIG', 'SET', 'cluster-announce-hostname', hostname);
    await askServer(server, 'CONFIG', 'SET', 'cluster-preferred-endpoint-type', type);
    const { nodes } = await Record.start({ seeds: [`localhost:${server.port}`] });
    expect(nodes).toMatchObject([{ endpoint: { host, port: server.port } }]);
  }
});
