import type { Socket } from 'node:net';
import type { Channel, ChannelHandler } from '@shardmux/plugin-api';

/** What connections have in common, whether their bytes are encrypted or not: everything but `write`. */
export abstract class SocketChannel implements Channel {
  protected readonly socket: Socket;
  protected handler: ChannelHandler | null = null;
  #error: Error | null = null;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('error', (error) => {
      this.#error = this.explain(error);
    });
  }

  attach(handler: ChannelHandler): void {
    this.handler = handler;
    this.socket.on('end', () => handler.ended());
    this.socket.on('close', () => handler.closed(this.#error));
  }

  get remote(): string {
    const { remoteAddress, remotePort } = this.socket;
    return remoteAddress === undefined ? 'unix' : `${remoteAddress}:${remotePort}`;
  }

  abstract write(bytes: Buffer, start: number, end: number): boolean;

  /** What `closed` tells of an error. */
  protected explain(error: Error): Error {
    return error;
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  end(): void {
    this.socket.end(() => this.handler?.drained());
  }

  destroy(): void {
    this.socket.destroy();
  }
}
