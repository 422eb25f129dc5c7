import type { Plugin, SchemaResult } from '@shardmux/plugin-api';
import { expect, test } from 'vitest';
import { plugins, RedisClusterTopology } from '../src/index.js';

const [plugin] = plugins as readonly [Plugin];
const seeds = ['redis.example:7000', '[::1]:7001'];

async function check(options: unknown): Promise<SchemaResult<unknown>> {
  return plugin.optionsSchema!['~standard'].validate(options);
}

test('takes what its page says', async () => {
  expect(plugin).toMatchObject({ kind: 'topology', name: 'redis-cluster' });
  const options = {
    seeds,
    username: 'app',
    password: 'secret',
    tls: { ca: '/etc/redis/ca.crt', servername: 'redis.example' },
    interval: 1_000,
    natMap: { '10.0.0.1:7000': '127.0.0.1:7000' },
    hasten: 500,
    cache: '/var/lib/shardmux/servers.json',
  };
  expect(await check(options)).toEqual({ value: options });
  expect(await check({ seeds, tls: true })).toEqual({ value: { seeds, tls: true } });
});

test.each([
  ['no options', undefined, [], /^must be a mapping$/],
  ['no seeds', {}, [], /^must have seeds/],
  ['an empty list', { seeds: [] }, ['seeds'], /^must be a list of at least one/],
  ['a seed without a port', { seeds: ['redis.example'] }, ['seeds', '0'], /^must be host:port/],
  ['port 0', { seeds: [...seeds, 'h:0'] }, ['seeds', '2'], /^must be host:port/],
  ['port 65536', { seeds: ['h:65536'] }, ['seeds', '0'], /^must be host:port/],
  ['no host', { seeds: [':7000'] }, ['seeds', '0'], /^must be host:port/],
  ['IPv6 without brackets', { seeds: ['::1:7000'] }, ['seeds', '0'], /^must be host:port/],
  ['a username alone', { seeds, username: 'app' }, [], /^must have a password/],
  ['an interval below 100 ms', { seeds, interval: 99 }, ['interval'], /^must be a whole number of ms/],
  ['haste below 100 ms', { seeds, hasten: 99 }, ['hasten'], /^must be a whole number of ms/],
  ['a NAT map that is a list', { seeds, natMap: ['a:1'] }, ['natMap'], /^must be a mapping/],
  ['a NAT map to nowhere', { seeds, natMap: { 'a:1': 'b' } }, ['natMap', 'a:1'], /^must be host:port/],
  ['a NAT map of names', { seeds, natMap: { a: 'b:1' } }, ['natMap', 'a'], /^must be told for a host:port/],
  ['a cache that is no path', { seeds, cache: true }, ['cache'], /^must be text/],
  ['an unknown option', { seeds, seed: 'a:1' }, ['seed'], /^must be left out/],
])('refuses %s', async (_, options, path, message) => {
  const { issues } = await check(options);
  expect(issues).toEqual([{ path, message: expect.stringMatching(message) }]);
});

test('names the option of a file that cannot be used', () => {
  expect(() => new RedisClusterTopology({ seeds, tls: { ca: '/nowhere.crt' } })).toThrow(
    /^options\.tls\.ca: /,
  );
});

test('an address on the NAT map is another one, in the form in which servers announce it', () => {
  const natMap = { '[fd00::1]:7000': 'redis.example:17000', '10.0.0.1:7000': '[::1]:17000' };
  const source = new RedisClusterTopology({ seeds, natMap });
  expect(source.endpointOf('fd00::1', 7000)).toEqual({ kind: 'tcp', host: 'redis.example', port: 17_000 });
  expect(source.endpointOf('10.0.0.1', 7000)).toEqual({ kind: 'tcp', host: '::1', port: 17_000 });
  expect(source.endpointOf('10.0.0.1', 7001)).toEqual({ kind: 'tcp', host: '10.0.0.1', port: 7_001 });
  expect(source.endpointOf('', 7001)).toEqual({ kind: 'tcp', host: 'redis.example', port: 7_001 });
});
