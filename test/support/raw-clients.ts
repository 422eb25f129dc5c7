import type { Endpoint } from '@shardmux/plugin-api';
import { connectRaw, type RawClient } from '@shardmux/testing';
import { afterEach } from 'vitest';

/**
 * Connects clients that are closed when their test is over.
 * @param usual where to, if a test does not say.
 */
export function rawClients(usual: () => Endpoint): (to?: Endpoint) => Promise<RawClient> {
  const clients: RawClient[] = [];
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.close()));
  });
  return async (to = usual()) => {
    const client = await connectRaw(to, { strings: true });
    clients.push(client);
    return client;
  };
}
