import { connect } from 'node:net';
import type { TcpEndpoint } from '@shardmux/config-file';

/**
 * Whether a proxy lives: whether it does anything about a connection. Without password or certificate it may answer by
 * an error, or hang up; one that hangs does neither, and where there is none the system refuses.
 *
 * @param patience in ms.
 */
export function isLive({ host, port }: TcpEndpoint, patience: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port }, () => socket.write('PING\r\n'));
    const end = (lives: boolean) => {
      resolve(lives);
      socket.destroy();
    };
    socket.setTimeout(patience, () => end(false));
    socket.once('data', () => end(true));
    socket.once('end', () => end(true));
    socket.once('error', () => end(socket.bytesWritten > 0));
  });
}
