import type { Socket } from 'node:net';
import type { Channel, ChannelHandler } from '@shardmux/plugin-api';

/** What connections have in common, whether their bytes are encrypted or not: everything but `write`. */
export abstract class SocketChannel implements Channel {
  protected readonly socket: Socket;
  protected handler: ChannelHandler | null = null;
  readonly #remote: string | null;
  #error: Error | null = null;

  /** @param remote the other side, where the socket does not know it by itself. */
  constructor(socket: Socket, remote: string | null = null) {
    this.socket = socket;
    this.#remote = remote;
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
    return this.#remote ?? remoteOf(this.socket);
  }

  get local(): string {
    const { localAddress, localPort } = this.socket;
    return localAddress === undefined ? 'unix' : `${localAddress}:${localPort}`;
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

/** The other side of a connected socket, for logs. */
export function remoteOf({ remoteAddress, remotePort }: Socket): string {
  return remoteAddress === undefined ? 'unix' : `${remoteAddress}:${remotePort}`;
}
