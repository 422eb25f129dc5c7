import { SocketChannel } from './socket-channel.js';

const NOTHING = Buffer.alloc(0);

/**
 * One TCP or unix connection.
 *
 * `socket.write` tries the kernel at once; what it could not take is counted by `writableLength`. So a length of
 * zero after the call says that the range is free again, and no callback is needed for the usual write.
 */
export class TcpChannel extends SocketChannel {
  #draining = false;

  write(bytes: Buffer, start: number, end: number): boolean {
    const { socket } = this;
    socket.write(start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end));
    if (socket.writableLength === 0) return true;
    if (!this.#draining) {
      this.#draining = true;
      // The stream's own 'drain' comes only above its high-water mark; a write of nothing reports its turn always.
      socket.write(NOTHING, this.#onTurn);
    }
    return false;
  }

  readonly #onTurn = (error?: Error | null): void => {
    this.#draining = false;
    if (error) return;
    // After the end nothing can be written, not even nothing: `end` reports by itself.
    if (this.socket.writableEnded) return;
    if (this.socket.writableLength > 0) {
      this.#draining = true;
      this.socket.write(NOTHING, this.#onTurn);
      return;
    }
    this.handler?.drained();
  };
}
