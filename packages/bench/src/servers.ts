import { startRedis } from '@shardmux/testing';

const SERVERS = 3;

/** Starts the servers, and stops them when `use` is done with their ports. */
export async function withServers(use: (ports: readonly number[]) => Promise<void>): Promise<void> {
  const servers = await Promise.all(Array.from({ length: SERVERS }, () => startRedis()));
  try {
    await use(servers.map((server) => server.port));
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
}
