import { connectRaw, type RedisServer } from '@shardmux/testing';
import { vi } from 'vitest';

/** Gives slots to a member of a cluster. Resolves when it serves them. */
export async function assignSlots(
  { endpoint }: RedisServer,
  slots: readonly [first: number, last: number],
): Promise<void> {
  const client = await connectRaw(endpoint);
  await client.command('CLUSTER', 'ADDSLOTSRANGE', ...slots);
  const isUp = async () => String(await client.command('CLUSTER', 'INFO')).includes('state:ok');
  await vi.waitUntil(isUp, { timeout: 10_000 });
  await client.close();
}
