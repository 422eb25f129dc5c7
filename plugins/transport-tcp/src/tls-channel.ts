import type { TLSSocket } from 'node:tls';
import { SocketChannel } from './socket-channel.js';
import { explainTlsError } from './tls-error.js';

/** Bytes of a connection that are kept here until the kernel takes them: four records of TLS, as the kernel's own buffer. */
const KEPT = 64 * 1024;

/**
 * One encrypted connection, whose handshake may still be under way.
 *
 * A TLS socket never takes bytes at once: every write is under way until a later turn, so `writableLength` does not
 * say when a range is free. What is small is therefore copied, which costs little beside encrypting it, and the range
 * is the writer's again; what is more than `KEPT` stays where it is until its callback.
 *
 *   write ──(fits into KEPT)──► copy ──────────► encrypted ──► kernel
 *     └─────(too much)────────► lent range ────► encrypted ──► kernel: `drained`, when it was the last one lent
 */
export class TlsChannel extends SocketChannel {
  readonly #option: string;
  #lent = 0;

  /** @param option where in the options of a plugin those of TLS are, for what errors advise. */
  constructor(socket: TLSSocket, option: string, remote: string | null = null) {
    super(socket, remote);
    this.#option = option;
    // After the handshake, Node reports an error of TLS and leaves the connection open.
    socket.on('error', () => socket.destroy());
  }

  write(bytes: Buffer, start: number, end: number): boolean {
    const { socket } = this;
    const range = bytes.subarray(start, end);
    if (socket.writableLength + range.length <= KEPT) {
      socket.write(Buffer.from(range));
      return true;
    }
    this.#lent++;
    socket.write(range, this.#onTaken);
    return false;
  }

  readonly #onTaken = (error?: Error | null): void => {
    this.#lent--;
    // After the end, `end` reports by itself.
    if (this.#lent > 0 || error || this.socket.writableEnded) return;
    this.handler?.drained();
  };

  protected override explain(error: Error): Error {
    return explainTlsError(error, this.socket as TLSSocket, this.#option);
  }
}
