import { type OnReadOpts, Socket, type SocketConstructorOpts } from 'node:net';
import type { TLSSocket } from 'node:tls';

/** How an accepted socket comes to be read. */
export type Rewrap = (socket: Socket, onread: OnReadOpts) => { socket: Socket; usesOnread: boolean };

/**
 * Gives an accepted socket the `onread` option, which Node offers for outgoing sockets alone: the handle is taken
 * out of the socket that `net.Server` made, and put into a new one. This file is the only one that reaches for
 * something Node does not document; where it is not as expected, the socket is returned as it came, and its
 * owner reads it as a stream.
 *
 * @param socket from a server with `pauseOnConnect`: nothing was read from it yet.
 */
export const rewrapAccepted: Rewrap = (socket, onread) => {
  const handle: unknown = Reflect.get(socket, '_handle');
  if (!canReadIntoBuffer(handle)) return { socket, usesOnread: false };
  Reflect.set(socket, '_handle', null);
  const options: SocketConstructorOpts & { handle: unknown; onread: OnReadOpts } = {
    handle,
    onread,
    allowHalfOpen: true,
  };
  return { socket: new Socket(options), usesOnread: true };
};

function canReadIntoBuffer(handle: unknown): boolean {
  return (
    typeof handle === 'object' &&
    handle !== null &&
    typeof Reflect.get(handle, 'useUserBuffer') === 'function'
  );
}

/** The socket on which a TLS server was told to shake hands; where Node does not say, the secure one itself. */
export function rawSocketOf(secure: TLSSocket): Socket {
  const raw: unknown = Reflect.get(secure, '_parent');
  return raw instanceof Socket ? raw : secure;
}
