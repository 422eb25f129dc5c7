import { ZooKeeperStore } from '@shardmux/plugin-coordination-zookeeper';
import { startZooKeeper, type ZooKeeperServer } from '@shardmux/testing';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { StoredServers } from '../../support/stored-servers.js';

let server: ZooKeeperServer;
let stored: StoredServers;

beforeAll(async () => {
  server = await startZooKeeper();
});

afterAll(() => server.stop());

beforeEach(async () => {
  const operator = new ZooKeeperStore({ connect: [server], prefix: '/shardmux' });
  stored = await StoredServers.start(
    server,
    operator,
    'alpha',
    ({ host, port }) => `{ use: zookeeper, connect: "${host}:${port}", path: /shardmux/alpha }`,
  );
});

afterEach(() => stored.stop());

test('servers are followed, and a document with faults is refused with all of them', async () => {
  await stored.untilServedBy(0);
  await stored.writeText('servers:\n  - h:1:1 a\n  - h:2 b\n  - h:3:1 a\n');
  await vi.waitFor(() => {
    expect(stored.log).toContain('must be host:port:weight');
    expect(stored.log).toContain('must be a name of its own');
  }, 5_000);
  await stored.untilServedBy(0);
  await stored.write(1);
  await stored.untilServedBy(1);
  expect(stored.errors).toEqual([]);
});

test('ZooKeeper is killed and started anew: traffic goes on, and what is changed then arrives', async () => {
  await stored.progress();
  await server.kill();
  await vi.waitFor(() => expect(stored.log).toMatch(/ZooKeeper is away: /), 15_000);
  await stored.untilServedBy(0);
  await server.restart();
  await stored.write(1);
  await stored.untilServedBy(1);
  expect(stored.errors).toEqual([]);
});

test('the network swallows all: traffic goes on, and what was changed meanwhile arrives', async () => {
  await stored.progress();
  stored.relay.blackhole();
  await stored.write(1);
  await vi.waitFor(() => expect(stored.log).toMatch(/ZooKeeper is away: .*no answer in/), 20_000);
  await stored.untilServedBy(0);
  await stored.relay.resume();
  await stored.untilServedBy(1);
  expect(stored.errors).toEqual([]);
});

test('the network refuses all: traffic goes on, and what was changed meanwhile arrives', async () => {
  await stored.progress();
  stored.relay.refuse();
  stored.relay.cut('reset');
  await stored.write(1);
  await vi.waitFor(() => expect(stored.log).toMatch(/ZooKeeper is away: .*ECONNREFUSED/), 15_000);
  await stored.untilServedBy(0);
  await stored.relay.resume();
  await stored.untilServedBy(1);
  expect(stored.errors).toEqual([]);
});
