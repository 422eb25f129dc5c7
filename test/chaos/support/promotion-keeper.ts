import { EtcdStore } from '@shardmux/plugin-coordination-etcd';
import { startEtcd } from '@shardmux/testing';
import { vi } from 'vitest';
import type { RelayedShard } from '../../support/relayed-shard.js';
import type { Keeper } from './keeper.js';

/** From the fault to the first write on the new primary, in ms: who refuses connections is gone, who is silent may not be. */
const LIMITS: Readonly<Record<string, number>> = { 'kill -9': 2_000, SIGSTOP: 4_500, 'network cut': 4_500 };

/** The proxies themselves, who agree by a real etcd. */
export async function startPromotion({ members }: RelayedShard, proxies: number): Promise<Keeper> {
  const etcd = await startEtcd();
  const store = new EtcdStore({ endpoints: [etcd.url], prefix: 'shardmux/' });
  store.start({ away: () => {}, back: () => {} });
  const [primary, ...replicas] = members.map(({ relay: { host, port } }) => `host: ${host}, port: ${port}`);
  const copies = replicas.map((address) => `{ ${address} }`).join(', ');
  const allHoldItWell = async () => {
    const votes = [...(await store.list('failover/alpha/observers/')).values()];
    return votes.length === proxies && votes.every(({ value }) => value === '{}');
  };
  return {
    pool: [
      `servers: [{ ${primary}, name: shard, replicas: [${copies}] }]`,
      'failover: { use: replica-promotion, quorum: 2 }',
      `coordination: { use: etcd, endpoints: ["${etcd.url}"] }`,
    ],
    watch: async () => async (fault, struckAt) => ({
      from: 'fault',
      since: struckAt,
      limit: LIMITS[fault.name],
    }),
    settled: async () => {
      await vi.waitUntil(allHoldItWell, { timeout: 20_000, interval: 20 });
    },
    stop: async () => {
      await store.stop();
      await etcd.stop();
    },
  };
}
