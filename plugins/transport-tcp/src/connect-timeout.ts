import type { Socket } from 'node:net';

/**
 * Destroys a socket that has not told the event in time.
 * @param timeout in ms; 0 for no limit but the system's.
 */
export function limitConnecting(socket: Socket, timeout: number, event: 'connect' | 'secureConnect'): void {
  if (timeout === 0) return;
  const timer = setTimeout(() => {
    const error: NodeJS.ErrnoException = new Error(`connect ETIMEDOUT after ${timeout} ms`);
    error.code = 'ETIMEDOUT';
    socket.destroy(error);
  }, timeout);
  socket.once(event, () => clearTimeout(timer));
  socket.once('close', () => clearTimeout(timer));
}
