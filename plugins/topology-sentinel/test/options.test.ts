import type { Plugin, SchemaResult } from '@shardmux/plugin-api';
import { expect, test } from 'vitest';
import { plugins } from '../src/index.js';

const [plugin] = plugins as readonly [Plugin];
const sentinels = ['redis.example:26379', '[::1]:26380'];
const masters = ['shard1'];

async function check(options: unknown): Promise<SchemaResult<unknown>> {
  return plugin.optionsSchema!['~standard'].validate(options);
}

test('takes what its page says', async () => {
  expect(plugin).toMatchObject({ kind: 'topology', name: 'sentinel', paths: ['cache'] });
  const login = { username: 'app', password: 'secret' };
  const options = {
    sentinels,
    masters: ['shard1', { name: 'shard-2.b', weight: 2 }],
    ...login,
    interval: 1_000,
    cache: '/var/lib/shardmux/alpha.json',
    natMap: { '10.0.0.1:6379': '127.0.0.1:6379', '[fd00::1]:6379': 'redis.example:6379' },
  };
  const tcp = (host: string, port: number) => ({ kind: 'tcp', host, port });
  expect(await check(options)).toEqual({
    value: {
      sentinels: [tcp('redis.example', 26_379), tcp('::1', 26_380)],
      masters: [
        { name: 'shard1', weight: 1 },
        { name: 'shard-2.b', weight: 2 },
      ],
      ...login,
      interval: 1_000,
      cache: '/var/lib/shardmux/alpha.json',
      natMap: new Map([
        ['10.0.0.1:6379', tcp('127.0.0.1', 6_379)],
        ['[fd00::1]:6379', tcp('redis.example', 6_379)],
      ]),
    },
  });
});

test.each([
  ['no options', undefined, [], /^must be a mapping$/],
  ['no Sentinels', { masters }, ['sentinels'], /^must be a list of at least one Sentinel/],
  ['an empty list of them', { masters, sentinels: [] }, ['sentinels'], /^must be a list of at least one/],
  ['one without a port', { masters, sentinels: ['h'] }, ['sentinels', 0], /^must be host:port/],
  ['no masters', { sentinels }, ['masters'], /^must be a list of at least one name/],
  ['an empty list of them', { sentinels, masters: [] }, ['masters'], /^must be a list of at least one name/],
  ['one that is a number', { sentinels, masters: [1] }, ['masters', 0], /^must be a mapping/],
  ['an address for a name', { sentinels, masters: ['h:1'] }, ['masters', 0, 'name'], /^must be the name of/],
  [
    'weight 0',
    { sentinels, masters: [{ name: 'a', weight: 0 }] },
    ['masters', 0, 'weight'],
    /^must be a whole/,
  ],
  ['one twice', { sentinels, masters: ['a', 'b', 'a'] }, ['masters', 2], /^must be named once: .* "a"$/],
  ['a username alone', { sentinels, masters, username: 'app' }, [], /^must have a password/],
  ['an interval below 100 ms', { sentinels, masters, interval: 99 }, ['interval'], /from 100 to/],
  ['a NAT map that is a list', { sentinels, masters, natMap: ['a:1'] }, ['natMap'], /^must be a mapping of/],
  [
    'a NAT map to nowhere',
    { sentinels, masters, natMap: { 'a:1': 'b' } },
    ['natMap', 'a:1'],
    /^must be host/,
  ],
  [
    'a NAT map from nowhere',
    { sentinels, masters, natMap: { a: 'b:1' } },
    ['natMap', 'a'],
    /^must have a key/,
  ],
  ['an unknown option', { sentinels, masters, seeds: ['a:1'] }, ['seeds'], /^must be left out/],
])('refuses %s', async (_, options, path, message) => {
  const { issues } = await check(options);
  expect(issues).toEqual([{ path, message: expect.stringMatching(message) }]);
});
