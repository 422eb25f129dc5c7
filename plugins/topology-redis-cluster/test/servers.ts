import { connectRaw, type RedisServer, type Reply } from '@shardmux/testing';
import { expect } from 'vitest';

export function addressOf({ host, port }: { readonly host: string; readonly port: number }): string {
  return `${host}:${port}`;
}

export async function ask({ endpoint }: Pick<RedisServer, 'endpoint'>, ...command: string[]): Promise<Reply> {
  const client = await connectRaw(endpoint, { strings: true });
  try {
    return await client.command(...command);
  } finally {
    await client.close();
  }
}

/** Gives a lone member slots. Resolves when it says that the cluster, which is itself, is as it must be then. */
export async function assign(server: RedisServer, first: number, last: number, state = 'ok'): Promise<void> {
  expect(await ask(server, 'CLUSTER', 'ADDSLOTSRANGE', String(first), String(last))).toBe('OK');
  await expect
    .poll(() => ask(server, 'CLUSTER', 'INFO'), { timeout: 10_000 })
    .toContain(`cluster_state:${state}`);
}
