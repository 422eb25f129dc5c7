import { API_VERSION, ConfigError, definePlugin } from '@shardmux/plugin-api';
import { connectRaw, freePort, type RedisServer, startRedis } from '@shardmux/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createProxy } from '../../src/service/create-proxy.js';

let servers: RedisServer[];

beforeAll(async () => {
  servers = await Promise.all([startRedis(), startRedis()]);
});

afterAll(() => Promise.all(servers.map((server) => server.stop())));

const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** Node by the first byte of the key, modulo two. */
const firstByte = definePlugin({
  kind: 'hash',
  name: 'first-byte',
  apiVersion: API_VERSION,
  create: () => (bytes, start) => bytes[start],
});

async function yaml(hash: string, top = ''): Promise<{ readonly text: string; readonly port: number }> {
  const port = await freePort();
  const addresses = servers.map(({ host, port: at }, i) => `${host}:${at}:1 server${i}`);
  const pool = `{ listen: "127.0.0.1:${port}", hash: ${hash}, distribution: modula, servers: [${addresses.join(', ')}] }`;
  return { text: `${top}stats: { listen: null }\npools: { alpha: ${pool} }`, port };
}

test('a plugin given in code places the keys', async () => {
  const { text, port } = await yaml('first-byte');
  const proxy = createProxy({ yaml: text }, { plugins: [firstByte], logger: silent });
  await proxy.start();
  const client = await connectRaw({ kind: 'tcp', host: '127.0.0.1', port });
  const keys = Array.from({ length: 20 }, (_, i) => `${String.fromCharCode(97 + i)}-key`);
  await client.pipeline(keys.map((key) => ['SET', key, 'x']));
  await client.close();
  await proxy.stop();
  for (const [i, server] of servers.entries()) {
    const direct = await connectRaw(server.endpoint, { strings: true });
    const expected = keys.filter((key) => key.charCodeAt(0) % 2 === i);
    expect(((await direct.command('KEYS', '*')) as string[]).toSorted()).toEqual(expected);
    await direct.close();
  }
});

test('what cannot be used is refused before anything starts', async () => {
  const { text } = await yaml('first-byte', 'workers: 2\n');
  expect(() => createProxy({ yaml: text }, { plugins: [firstByte], logger: silent })).toThrow(
    expect.objectContaining({ code: 'SHARDMUX_CONFIG_WORKERS' }),
  );
  expect(() => createProxy({ yaml: text }, { logger: silent })).toThrow(
    expect.objectContaining({ code: 'SHARDMUX_CONFIG_INVALID' }),
  );
  expect(() => createProxy({ yaml: text }, { plugins: [firstByte, firstByte], logger: silent })).toThrow(
    expect.objectContaining({ code: 'SHARDMUX_PLUGIN_DUPLICATE' }),
  );
});

test.each([
  [[], 'createProxy: found nothing: must be an object'],
  [['shardmux.yml'], 'createProxy: found "shardmux.yml": must be an object'],
  [[{}], 'createProxy: must have either { file } or { yaml }'],
  [[{ file: 'a.yml', yaml: 'pools: {}' }], 'createProxy: must have either { file } or { yaml }'],
  [[{ file: undefined, yaml: 'pools: 5' }], 'configuration:1:'],
  [[{ file: 'a.yml', zz: 1 }], 'createProxy: found an unknown option zz: must be one of file, yaml'],
  [[{ file: 5 }], 'createProxy: file: found 5: must be the path of a configuration'],
  [[{ file: 'a.yml' }, { zz: 1 }], 'createProxy: found an unknown option zz: must be one of logger, plugins'],
  [[{ file: 'a.yml' }, { plugins: {} }], 'createProxy: plugins: found an object: must be a list of plugins'],
])('createProxy with %j', (given, fault) => {
  const call = () => Reflect.apply(createProxy, undefined, given);
  expect(call).toThrow(ConfigError);
  expect(call).toThrow(fault);
});
