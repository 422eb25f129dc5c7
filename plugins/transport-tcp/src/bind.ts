import { chmodSync } from 'node:fs';
import { unlink } from 'node:fs/promises';
import { type AddressInfo, connect, type Server, type ServerOpts } from 'node:net';
import type { Endpoint, Listener, ListenOptions } from '@shardmux/plugin-api';

/** What Node is to do with each connection of a server. */
export function acceptOptions({ noDelay, keepAlive }: ListenOptions): ServerOpts {
  return { allowHalfOpen: true, noDelay, keepAlive: keepAlive > 0, keepAliveInitialDelay: keepAlive };
}

/**
 * Binds a server to an endpoint. Takes the place of a unix socket that a dead process left behind, never of one that
 * answers.
 *
 * @throws the system's error (EADDRINUSE, EACCES, …) when the endpoint cannot be bound.
 */
export async function bind(server: Server, endpoint: Endpoint, backlog: number): Promise<Listener> {
  try {
    await listen(server, endpoint, backlog);
  } catch (error) {
    const inUse = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
    if (!inUse || endpoint.kind !== 'unix' || (await answers(endpoint.path))) throw error;
    await unlink(endpoint.path);
    await listen(server, endpoint, backlog);
  }
  // A connection that could not be accepted is its client's loss, not the listener's end.
  server.on('error', () => {});
  return {
    endpoint: boundEndpoint(server, endpoint),
    async close() {
      server.close();
      // The descriptor is closed by now; the server's own 'close' would wait for every open channel.
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

function listen(server: Server, endpoint: Endpoint, backlog: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(
      endpoint.kind === 'unix' ? { path: endpoint.path, backlog } : { ...endpoint, backlog },
      () => {
        server.off('error', reject);
        // At once, so that nobody can connect whom the mode is to keep out.
        if (endpoint.kind === 'unix' && endpoint.mode !== undefined) chmodSync(endpoint.path, endpoint.mode);
        resolve();
      },
    );
  });
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

function boundEndpoint(server: Server, endpoint: Endpoint): Endpoint {
  const address = server.address() as AddressInfo | string | null;
  if (endpoint.kind === 'unix' || address === null || typeof address === 'string') return endpoint;
  return { ...endpoint, port: address.port };
}
