import { askServer, type RawClient } from '@shardmux/testing';
import { createClient } from 'redis';
import { expect, test } from 'vitest';
import { SideBySide } from '../support/side-by-side.js';

const both = new SideBySide(['hashTag: "{}"']);

/** As one Redis says it, in whichever order. */
async function settings(client: RawClient, ...patterns: string[]): Promise<Record<string, string>> {
  const reply = ((await client.command('CONFIG', 'GET', ...patterns)) as Buffer[]).map(String);
  return Object.fromEntries(
    Array.from({ length: reply.length / 2 }, (_, i) => [reply[2 * i], reply[2 * i + 1]]),
  );
}

test.each([
  [['save']],
  [['appendonly', 'databases', 'maxmemory']],
  [['notify-keyspace-events', 'proto-max-bulk-len', 'timeout', 'maxclients', 'cluster-enabled']],
  [['no-such-thing']],
  [['*-max-*-entries', 'DATABASES']],
  [['[d]atabases', 'maxclient?', 'tim*out', '[^a-s]imeout']],
])('CONFIG GET %j is answered as by one Redis', async (patterns) => {
  expect(await settings(both.ours, ...patterns)).toEqual(await settings(both.theirs, ...patterns));
});

test('CONFIG GET is a map in RESP3, and tells no secrets', async () => {
  for (const client of [both.ours, both.theirs]) {
    await client.commandRaw('HELLO', '3');
    expect((await client.commandRaw('CONFIG', 'GET', 'timeout')).toString()).toBe(
      '%1\r\n$7\r\ntimeout\r\n$1\r\n0\r\n',
    );
  }
  expect((await both.ours.commandRaw('CONFIG', 'GET', '*pass*', 'masterauth')).toString()).toBe('%0\r\n');
  const redis = createClient({ socket: { port: (both.shards.endpoint as { port: number }).port } });
  await redis.connect();
  try {
    const { databases, appendonly, maxclients } = await redis.configGet('*');
    expect([databases, appendonly, maxclients]).toEqual(['16', 'no', '10000']);
  } finally {
    redis.destroy();
  }
});

test('CONFIG SET and REWRITE are refused, RESETSTAT reaches every server', async () => {
  for (const command of [['SET', 'timeout', '1'], ['REWRITE']]) {
    expect(String(await both.ours.commandRaw('CONFIG', ...command))).toMatch(
      / is denied by the configuration of shardmux/,
    );
  }
  expect(String(await both.ours.command('CONFIG', 'RESETSTAT'))).toBe('OK');
  for (const server of both.shards.servers) {
    expect(await askServer(server, 'INFO', 'commandstats')).toMatch(/cmdstat_config\|resetstat:calls=1,/);
  }
});
