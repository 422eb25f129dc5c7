import type { CoordinationStore } from '@shardmux/plugin-api';
import { EtcdStore } from '@shardmux/plugin-coordination-etcd';
import { ZooKeeperStore } from '@shardmux/plugin-coordination-zookeeper';
import { type EtcdServer, startEtcd, startZooKeeper, type ZooKeeperServer } from '@shardmux/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { StoredServers } from '../../support/stored-servers.js';

interface Kind<Server> {
  start(): Promise<Server>;
  /** For whoever writes the document. */
  operator(server: Server): CoordinationStore;
  readonly key: string;
  topology(place: { readonly host: string; readonly port: number }): string;
}

const etcd: Kind<EtcdServer> = {
  start: startEtcd,
  operator: ({ url }) => new EtcdStore({ endpoints: [url], prefix: '' }),
  key: '/shardmux/alpha',
  topology: ({ host, port }) => `{ use: etcd, endpoints: ["${host}:${port}"], key: /shardmux/alpha }`,
};

const zooKeeper: Kind<ZooKeeperServer> = {
  start: startZooKeeper,
  operator: (server) => new ZooKeeperStore({ connect: [server], prefix: '/shardmux' }),
  key: 'alpha',
  topology: ({ host, port }) => `{ use: zookeeper, connect: "${host}:${port}", path: /shardmux/alpha }`,
};

function suite<Server extends EtcdServer | ZooKeeperServer>(kind: Kind<Server>): void {
  let server: Server;
  let stored: StoredServers;

  beforeAll(async () => {
    server = await kind.start();
  });

  afterAll(() => server.stop());

  beforeEach(async () => {
    stored = await StoredServers.start(server, kind.operator(server), kind.key, kind.topology);
  });

  afterEach(() => stored.stop());

  const saysAway = (cause: RegExp) => vi.waitFor(() => expect(stored.log).toMatch(cause), 20_000);

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

  test('it is killed and started anew: traffic goes on, and what is changed then arrives', async () => {
    await stored.progress();
    await server.kill();
    await saysAway(/ is away: /);
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
    await saysAway(/ is away: .*no answer in/);
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
    await saysAway(/ is away: .*ECONNREFUSED/);
    await stored.untilServedBy(0);
    await stored.relay.resume();
    await stored.untilServedBy(1);
    expect(stored.errors).toEqual([]);
  });
}

describe('etcd', () => suite(etcd));
describe('ZooKeeper', () => suite(zooKeeper));
