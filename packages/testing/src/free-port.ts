import { once } from 'node:events';
import { createServer } from 'node:net';

// Below the range from which systems take the local ports of outgoing connections (32768 up on Linux, 49152 up
// elsewhere). A port from that range may be taken while a server is restarted on it, and a client that keeps
// trying to reach a dead one can connect to itself. Above the ports that the proxy has by default.
const FIRST = 23_000;
const COUNT = 9_000;

const given = new Set<number>();

/** A TCP port that nothing listens on. It is not given out twice by one process. */
export async function freePort(host = '127.0.0.1'): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * COUNT);
    if (given.has(port) || !(await canListen(host, port))) continue;
    given.add(port);
    return port;
  }
}

async function canListen(host: string, port: number): Promise<boolean> {
  const server = createServer().listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') return false;
    throw error;
  }
  server.close();
  await once(server, 'close');
  return true;
}
