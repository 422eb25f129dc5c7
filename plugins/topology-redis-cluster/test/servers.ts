import { askServer, type RedisOptions, type RedisServer, startRedis } from '@shardmux/testing';
import { expect, onTestFinished } from 'vitest';

export function addressOf({ host, port }: { readonly host: string; readonly port: number }): string {
  return `${host}:${port}`;
}

/** A server that can be a member of a cluster, and knows nobody. It is stopped when the test is over. */
export async function startMember(options: RedisOptions = {}): Promise<RedisServer> {
  // By it Redis measures how long it waits until it says that it is up again.
  const args = ['--cluster-node-timeout', '500', ...(options.args ?? [])];
  const server = await startRedis({ ...options, cluster: true, args });
  onTestFinished(() => server.stop());
  return server;
}

/** Resolves when a server says that the cluster is so. */
export async function stateIs(server: RedisServer, state: 'ok' | 'fail'): Promise<void> {
  await expect
    .poll(() => askServer(server, 'CLUSTER', 'INFO'), { timeout: 10_000 })
    .toContain(`cluster_state:${state}`);
}

/** Gives slots to a lone member. Resolves when it says that the cluster, which is itself, is up, or that it is not. */
export async function assign(server: RedisServer, first: number, last: number): Promise<void> {
  expect(await askServer(server, 'CLUSTER', 'ADDSLOTSRANGE', String(first), String(last))).toBe('OK');
  await stateIs(server, last - first === 16_383 ? 'ok' : 'fail');
}
