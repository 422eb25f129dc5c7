import { PoolField, type PoolSnapshot, ServerField } from '@shardmux/core';

/** How many connections there are and have been, as Twemproxy counts them: clients, servers and listeners. */
export function connectionTotals(pools: readonly PoolSnapshot[]): { total: number; current: number } {
  let current = pools.length;
  let gone = 0;
  for (const { values, servers } of pools) {
    current += values[PoolField.clientConnections];
    gone += values[PoolField.clientEof] + values[PoolField.clientErr];
    for (const server of servers) {
      current += server.values[ServerField.serverConnections];
      gone += server.values[ServerField.serverEof] + server.values[ServerField.serverErr];
    }
  }
  return { total: current + gone, current };
}
