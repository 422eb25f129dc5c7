import { connectRaw, type RawClient } from '@shardmux/testing';
import { afterEach, expect, test } from 'vitest';
import { Shards } from '../support/shards.js';
import { talk } from '../support/talk.js';

const CLIENTS = 20;

let shards: Shards;

afterEach(() => shards?.stop());

const connectAll = () => Promise.all(Array.from({ length: CLIENTS }, () => connectRaw(shards.endpoint)));
const closeAll = (clients: readonly RawClient[]) => Promise.all(clients.map((client) => client.close()));

/** What needs a connection of the client's own. */
const needy = ['BLPOP list 0', 'WATCH a', 'BLPOP list 0.01', 'XREAD BLOCK 0 STREAMS s $', 'MONITOR'];

/** The server stands still while connections to it are opened; then it dies, or goes on when they are given up. */
async function failOpening(dies: boolean): Promise<void> {
  const [server] = shards.servers;
  const clients = await connectAll();
  server.freeze();
  const told = clients.map((client, i) =>
    talk(client, ['CLIENT ID', needy[i % needy.length], 'CLIENT ID'], 1),
  );
  await Promise.all(told);
  const [leaving, staying] = [clients.slice(0, needy.length), clients.slice(needy.length)];
  for (const { socket } of leaving) socket.resetAndDestroy();
  if (dies) await server.restart();
  for (const client of staying) {
    expect(String(await client.readRaw())).toMatch(/^-/);
    expect(String(await client.readRaw())).toMatch(/^:/);
  }
  if (!dies) server.thaw();
  await closeAll(clients);
}

test('connections that could not be opened are not counted for ever', async () => {
  shards = await Shards.start(1, ['timeout: 400', `limits: { maxPrivateLinks: ${CLIENTS} }`]);
  for (const dies of [true, false, true, false]) await failOpening(dies);
  const clients = await connectAll();
  const server = await connectRaw(shards.servers[0].endpoint);
  const late = await connectRaw(shards.endpoint);
  // Its connections are tried anew before long.
  await expect.poll(async () => String(await late.command('SET', 'a', '1'))).toBe('OK');
  const replies = clients.map((client) => client.command('BLPOP', 'list', '0'));
  await expect
    .poll(async () => String(await server.command('INFO', 'clients')))
    .toContain(`blocked_clients:${CLIENTS}\r\n`);
  expect(String(await late.command('BLPOP', 'list', '0'))).toMatch(/maxPrivateLinks/);
  await late.command('RPUSH', 'list', ...clients.map((_, i) => String(i)));
  expect((await Promise.all(replies)).filter((reply) => !Array.isArray(reply))).toEqual([]);
  await closeAll([...clients, server, late]);
});
