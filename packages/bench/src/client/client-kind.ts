import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { GlideClient } from '@valkey/valkey-glide';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import type { LoadedClient } from './mixed-load.js';

const HOST = '127.0.0.1';
/** In ms, as shardmux': valkey-glide's own 250 would end calls on a machine that is busy with all sides. */
const REQUEST_TIMEOUT = 5_000;

/** The clients that there are targets against. */
export const PEERS = ['ioredis', 'ioredis auto-pipelining', 'node-redis', 'valkey-glide'] as const;

export type ClientKind = 'shardmux' | (typeof PEERS)[number];

/**
 * Connects a client, with its defaults where nothing else is said here.
 *
 * @param ports of the servers: shardmux shards over all of them, the others use the first.
 * @param checkout the folder of the compiled repository that shardmux is taken from.
 */
export async function connectClient(
  kind: ClientKind,
  ports: readonly number[],
  checkout: string,
): Promise<LoadedClient> {
  const port = ports[0]!;
  switch (kind) {
    case 'shardmux':
      return connectShardmux(ports, checkout);
    case 'ioredis':
      return new Redis(port, HOST);
    case 'ioredis auto-pipelining':
      return new Redis(port, HOST, { enableAutoPipelining: true });
    case 'node-redis':
      return createClient({ socket: { host: HOST, port } }).connect();
    case 'valkey-glide':
      return GlideClient.createClient({ addresses: [{ host: HOST, port }], requestTimeout: REQUEST_TIMEOUT });
  }
}

/** What of a build's `shardmux` is used here: of another commit there are no types. */
interface Shardmux {
  createClient(config: object): LoadedClient;
}

async function connectShardmux(ports: readonly number[], checkout: string): Promise<LoadedClient> {
  const entry = pathToFileURL(join(checkout, 'packages/shardmux/dist/index.js'));
  const { createClient } = (await import(entry.href)) as Shardmux;
  return createClient({ pools: { bench: { servers: ports.map((port) => `${HOST}:${port}:1`) } } });
}
