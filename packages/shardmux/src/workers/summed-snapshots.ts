import { PoolField, type PoolSnapshot, ServerField } from '@shardmux/core';

const POOL_GAUGES: ReadonlySet<number> = new Set([PoolField.clientConnections]);
const SERVER_GAUGES: ReadonlySet<number> = new Set([
  ServerField.serverConnections,
  ServerField.inQueue,
  ServerField.inQueueBytes,
  ServerField.outQueue,
  ServerField.outQueueBytes,
]);
/** The latest of all workers counts, not their sum. */
const SERVER_TIMES: ReadonlySet<number> = new Set([ServerField.serverEjectedAt]);
const NONE: ReadonlySet<number> = new Set();

/**
 * Adds up the snapshots of several workers, all of one configuration. The servers are those that the first one has:
 * they may have changed since another's was taken.
 */
export function sumSnapshots(snapshots: readonly (readonly PoolSnapshot[])[]): PoolSnapshot[] {
  const [first = [], ...others] = snapshots;
  return first.map((pool, p) => ({
    name: pool.name,
    topologyFault: [first, ...others].map((each) => each[p].topologyFault).find(Boolean),
    values: sum([pool.values, ...others.map((other) => other[p].values)], NONE),
    servers: pool.servers.map(({ name, values }) => {
      const same = others.flatMap((other) => other[p].servers.filter((server) => server.name === name));
      return { name, values: sum([values, ...same.map((server) => server.values)], SERVER_TIMES) };
    }),
  }));
}

/** What stays of a worker that is gone: its counts, but not its gauges. */
export function withoutGauges(pools: readonly PoolSnapshot[]): PoolSnapshot[] {
  return pools.map((pool) => ({
    name: pool.name,
    values: zeroed(pool.values, POOL_GAUGES),
    servers: pool.servers.map((server) => ({
      name: server.name,
      values: zeroed(server.values, SERVER_GAUGES),
    })),
  }));
}

function sum(rows: readonly (readonly number[])[], times: ReadonlySet<number>): number[] {
  return rows[0].map((_, i) => {
    const values = rows.map((row) => row[i]);
    return times.has(i) ? Math.max(...values) : values.reduce((total, value) => total + value, 0);
  });
}

function zeroed(values: readonly number[], gauges: ReadonlySet<number>): number[] {
  return values.map((value, i) => (gauges.has(i) ? 0 : value));
}
