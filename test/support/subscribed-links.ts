import { connectRaw } from '@shardmux/testing';
import { expect, vi } from 'vitest';
import type { Shards } from './shards.js';

/** How many connections with subscriptions each server has. */
export async function subscribedLinks({ servers }: Pick<Shards, 'servers'>): Promise<number[]> {
  const lists = await Promise.all(
    servers.map(async ({ endpoint }) => {
      const server = await connectRaw(endpoint, { strings: true });
      const list = String(await server.command('CLIENT', 'LIST', 'TYPE', 'pubsub'));
      await server.close();
      return list;
    }),
  );
  return lists.map((list) => list.split('\n').filter((line) => line.startsWith('id=')).length);
}

export async function untilUnsubscribed(shards: Shards): Promise<void> {
  const none = shards.servers.map(() => 0);
  await vi.waitFor(async () => expect(await subscribedLinks(shards)).toEqual(none), { timeout: 5_000 });
}
