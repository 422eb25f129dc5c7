import { connectRaw, freePort, type RedisServer, startNutcracker, startRedis } from '@shardmux/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Shardmux } from '../support/shardmux.js';
import { pathsOf, readStats } from '../support/stats.js';
import { serverLine, twemproxyFile } from '../support/twemproxy-file.js';

const KEYS = Array.from({ length: 10_000 }, (_, i) => `key:${i}`);

let servers: RedisServer[];
let yaml: string;

beforeAll(async () => {
  servers = await Promise.all([startRedis(), startRedis(), startRedis()]);
  const port = await freePort();
  yaml = twemproxyFile([
    {
      name: 'beta',
      port,
      settings: {
        hash: 'murmur',
        hash_tag: '"{}"',
        distribution: 'ketama',
        timeout: 400,
        auto_eject_hosts: true,
      },
      servers: servers.map((server, i) => serverLine(server, i + 1, i === 1 ? 'second' : '')),
    },
    { name: 'al', port: await freePort(), settings: {}, servers: [serverLine(servers[0])] },
  ]);
});

afterAll(() => Promise.all(servers.map((server) => server.stop())));

test('nutcracker writes, shardmux takes its place with the same file and flags, and everything is there', async () => {
  const nutcracker = await startNutcracker(yaml, { args: ['-i', '100', '-v', '6', '-m', '16384'] });
  const theirs = await connectRaw(nutcracker.endpoints[0]);
  for (let i = 0; i < KEYS.length; i += 1_000) {
    await theirs.pipeline(KEYS.slice(i, i + 1_000).map((key) => ['SET', key, `value of ${key}`]));
  }
  await theirs.close();
  await new Promise((resolve) => setTimeout(resolve, 300));
  const expected = await readStats(nutcracker.statsPort);
  await nutcracker.stop();

  const shardmux = await Shardmux.start(yaml, ['-i', '100', '-v', '6', '-m', '16384']);
  const ours = await connectRaw(shardmux.endpoints[0], { strings: true });
  for (let i = 0; i < KEYS.length; i += 1_000) {
    const keys = KEYS.slice(i, i + 1_000);
    expect(await ours.command('MGET', ...keys)).toEqual(keys.map((key) => `value of ${key}`));
  }
  await new Promise((resolve) => setTimeout(resolve, 300));
  const { document, text } = await readStats(shardmux.statsPort);
  expect(pathsOf(document)).toEqual(pathsOf(expected.document));
  expect(text.replace(/\d+/g, 'N')).toBe(expected.text.replace(/\d+/g, 'N'));
  const beta = document.beta as Record<string, Record<string, number>>;
  const requests = ['second', ...servers.map(({ host, port }) => `${host}:${port}`)].map(
    (name) => beta[name]?.requests ?? 0,
  );
  expect(requests.reduce((sum, each) => sum + each, 0)).toBe(30);
  await ours.close();
  await shardmux.stop();
});
