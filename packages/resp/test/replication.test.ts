import { connectRaw, type RawClient, type RedisServer, startRedis } from '@shardmux/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { respCodec } from '../src/codec.js';

const replication = respCodec.replication!;

let primary: RedisServer;
let replica: RedisServer;
let clients: RawClient[];

beforeAll(async () => {
  primary = await startRedis({ args: ['--repl-diskless-sync-delay', '0'] });
  replica = await startRedis({ args: ['--replicaof', `${primary.host} ${primary.port}`] });
  clients = await Promise.all([primary, replica].map(({ endpoint }) => connectRaw(endpoint)));
});

afterAll(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await Promise.all([primary.stop(), replica.stop()]);
});

async function stateOf(client: RawClient) {
  client.send(replication.question);
  const reply = await client.readRaw();
  return replication.read(reply, 0, reply.length);
}

test('a replica has what its primary has, in the same history, once it follows', async () => {
  const [first, second] = clients;
  await expect.poll(() => stateOf(second)).toMatchObject({ role: 'replica', isFollowing: true });
  await first.command('SET', 'key', 'value');
  const state = await stateOf(first);
  expect(state).toMatchObject({ role: 'primary', history: expect.stringMatching(/^[0-9a-f]{40}$/) });
  expect(state!.offset).toBeGreaterThan(0);
  await expect.poll(async () => (await stateOf(second))!.offset).toBeGreaterThanOrEqual(state!.offset);
  expect((await stateOf(second))!.history).toBe(state!.history);
});

test('a replica that cannot reach its primary does not follow', async () => {
  const [, second] = clients;
  await second.command('REPLICAOF', primary.host, 1);
  await expect.poll(() => stateOf(second)).toMatchObject({ role: 'replica', isFollowing: false });
});

test('in RESP3 it is the same, and what says nothing of it is nothing', async () => {
  const [first] = clients;
  const state = await stateOf(first);
  const { history, offset } = state!;
  const text = `role:master\r\nmaster_replid:${history}\r\nmaster_repl_offset:${offset}\r\n`;
  const verbatim = Buffer.from(`=${text.length + 4}\r\ntxt:${text}\r\n`);
  expect(replication.read(verbatim, 0, verbatim.length)).toMatchObject({ history, offset });
  for (const reply of ['+OK\r\n', '$0\r\n\r\n', '$13\r\nrole:master\r\n\r\n'])
    expect(replication.read(Buffer.from(reply), 0, reply.length)).toBeNull();
});
