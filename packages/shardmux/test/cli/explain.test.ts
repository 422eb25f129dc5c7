import {
  connectRaw,
  freePort,
  type RedisServer,
  startNutcracker,
  startRedis,
  TemporaryFolder,
} from '@shardmux/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Explanation } from '../../src/cli/explain-keys.js';
import { shardmux } from '../support/run-command.js';

const folder = new TemporaryFolder();
let servers: RedisServer[];

beforeAll(async () => {
  servers = await Promise.all([startRedis(), startRedis(), startRedis()]);
});
afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  folder.remove();
});

function explain(file: string, ...args: readonly string[]): Explanation[] {
  const { stdout, stderr } = shardmux('explain', '-c', file, '--json', ...args);
  expect(stderr).toBe('');
  return JSON.parse(stdout) as Explanation[];
}

test('keys are where the real Twemproxy puts them', async () => {
  const port = await freePort();
  const yaml = `alpha:
  listen: 127.0.0.1:${port}
  hash: fnv1a_64
  hash_tag: "{}"
  redis: true
  servers:
${servers.map((server, i) => `   - ${server.host}:${server.port}:${i + 1} server${i}\n`).join('')}`;
  const keys = Array.from({ length: 60 }, (_, i) => (i % 3 === 0 ? `{tag${i}}:${i}` : `key ${i} é`));
  const twemproxy = await startNutcracker(yaml);
  const client = await connectRaw(twemproxy.endpoints[0]);
  await client.pipeline(keys.map((key) => ['SET', key, 'x']));
  await client.close();
  await twemproxy.stop();

  const explanations = explain(folder.write('twemproxy.yml', yaml), '--pool', 'alpha', ...keys);
  expect(explanations.map(({ key }) => key)).toEqual(keys);
  expect(explanations.map(({ tag }) => tag)).toEqual(keys.map((key) => /\{(.+)\}/.exec(key)?.[1] ?? null));
  expect(new Set(explanations.map(({ node }) => node)).size).toBe(3);
  for (const [i, server] of servers.entries()) {
    const here = explanations.filter(({ node }) => node === `server${i}`).map(({ key }) => key);
    const direct = await connectRaw({ kind: 'tcp', host: server.host, port: server.port });
    expect(await direct.command('EXISTS', ...here)).toBe(here.length);
    expect(await direct.command('DBSIZE')).toBe(here.length);
    await direct.close();
  }
});

const FILE = `
pools:
  alpha: { listen: "127.0.0.1:1", hashTag: "{}", servers: ["h:1:1 one", "h:2:1 two"] }
  beta: { listen: "127.0.0.1:2", distribution: random, servers: ["h:1:1 one", "h:2:1 two"] }
  gamma: { listen: "127.0.0.1:3", servers: ["h:1:1 one"] }
`;

test('a table is aligned, and shows what a terminal would obey', () => {
  const file = folder.write('file.yml', FILE);
  const { status, stdout } = shardmux(
    'explain',
    '-c',
    file,
    '--pool',
    'alpha',
    'a',
    '{user:1}.cart',
    '\u001b[2J',
    '',
  );
  expect(status).toBe(0);
  const lines = stdout.split('\n');
  expect(lines[0]).toMatch(/^KEY +TAG +HASH +PARTITION +NODE$/);
  expect(lines[1]).toMatch(/^a +- +\d+ +\d+ +(one|two)$/);
  expect(lines[2]).toMatch(/^\{user:1\}\.cart +user:1 +\d+ +\d+ +(one|two)$/);
  expect(lines[3]).toMatch(/^"\\u001b\[2J" +- +\d+ +\d+ +(one|two)$/);
  expect(lines[4]).toMatch(/^"" +- +0 +\d+ +(one|two)$/);
  const column = lines[0].indexOf('NODE');
  for (const line of lines.slice(1, 5)) expect(line.slice(column)).toMatch(/^(one|two)$/);
});

test('where the key does not decide, no node is named; a single node needs no hash', () => {
  const file = folder.write('file.yml', FILE);
  expect(explain(file, '--pool', 'beta', 'a')[0]).toMatchObject({ node: null, endpoint: null, partition: 0 });
  const gamma = { key: 'a', tag: null, hash: null, partition: null, node: 'one', endpoint: 'h:1' };
  expect(explain(file, '--pool', 'gamma', 'a')).toEqual([gamma]);
  expect(shardmux('explain', '-c', file, '--pool', 'beta', 'a').stdout).toMatch(/^a +- +\d+ +0 +\(any\)$/m);
});

test('an unknown pool, a missing file and a missing key are said in plain words', () => {
  const file = folder.write('file.yml', FILE);
  const unknown = shardmux('explain', '-c', file, '--pool', 'gama', 'a');
  expect(unknown).toMatchObject({
    status: 1,
    stdout: '',
    stderr: '--pool: found "gama": must be one of alpha, beta, gamma; did you mean gamma?\n',
  });
  const missing = shardmux('explain', '-c', '/nowhere.yml', '--pool', 'a', 'a');
  expect(missing.status).toBe(1);
  expect(missing.stderr).toMatch(/^\/nowhere\.yml: cannot be read: [^\n]+\n$/);
  expect(shardmux('explain', '-c', file, '--pool', 'alpha').status).toBe(1);
});
