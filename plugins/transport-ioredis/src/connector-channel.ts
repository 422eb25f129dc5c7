import { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Channel, ChannelHandler, ConnectOptions } from '@shardmux/plugin-api';
import { type SocketChannel, TcpChannel, TlsChannel } from '@shardmux/plugin-transport-tcp';
import { ConnectorError, explainConnector, type LinkConnector } from './connector.js';

/**
 * One connection, whose socket a connector opens in its own time.
 *
 *   connecting ──the connector gives a socket──► adopted ──it is connected, and secure──► open ──► closed
 *       └────── it fails, gives none in time, `destroy` ─────────────────────────────────────────────▲
 *
 * A connector of its own for each connection: it holds one socket. It is told to disconnect once, when all is over;
 * a socket that it gives then is destroyed. Whatever it throws is the end of this connection, and of nothing else.
 */
export class ConnectorChannel implements Channel {
  readonly #options: ConnectOptions;
  readonly #handler: ChannelHandler;
  readonly #timer: NodeJS.Timeout | undefined;
  #connector: LinkConnector | null = null;
  #socket: Socket | null = null;
  #channel: SocketChannel | null = null;
  /** The last that the connector has told while it tried. */
  #told: Error | null = null;
  #isOver = false;

  constructor(createConnector: () => LinkConnector, options: ConnectOptions, handler: ChannelHandler) {
    this.#options = options;
    this.#handler = handler;
    const { connectTimeout } = options;
    if (connectTimeout > 0) this.#timer = setTimeout(() => this.#expire(), connectTimeout);
    this.#open(createConnector).then(
      (socket) => this.#adopt(socket),
      (cause: unknown) => this.#fail(explainConnector(cause)),
    );
  }

  /** Rejects with whatever the connector throws, at once or later. */
  async #open(createConnector: () => LinkConnector): Promise<Socket> {
    this.#connector = createConnector();
    return this.#connector.connect((_type, error) => {
      this.#told = error;
    });
  }

  #adopt(socket: Socket): void {
    if (!(socket instanceof Socket)) {
      this.#fail(
        new ConnectorError('the connector gave no socket: it must resolve with one of node:net or node:tls'),
      );
    } else if (this.#isOver) {
      socket.on('error', () => {});
      socket.destroy();
    } else if (socket.destroyed) {
      const cause = this.#connector?.firstError ?? socket.errored;
      this.#fail(explainConnector(cause ?? 'its socket was closed before it could be used'));
    } else {
      this.#attach(socket);
    }
  }

  #attach(socket: Socket): void {
    const isSecure = socket instanceof TLSSocket;
    this.#socket = socket;
    this.#channel = isSecure ? new TlsChannel(socket, 'tls') : new TcpChannel(socket);
    socket.allowHalfOpen = true;
    this.#channel.attach(this.#handler);
    socket.once('close', () => this.#end());
    if (isSecure ? isShaken(socket) : !socket.connecting) this.#opened(socket);
    else socket.once(isSecure ? 'secureConnect' : 'connect', () => this.#opened(socket));
  }

  #opened(socket: Socket): void {
    clearTimeout(this.#timer);
    socket.setNoDelay(this.#options.noDelay);
    socket.setKeepAlive(this.#options.keepAlive > 0, this.#options.keepAlive);
    socket.on('data', (chunk: Buffer) => this.#handler.received(chunk, 0, chunk.length));
    // A connector may have read from it, and stopped. Nothing flows before the handler has heard of it.
    socket.resume();
    this.#handler.opened();
  }

  #expire(): void {
    const { connectTimeout } = this.#options;
    const told = this.#told === null ? '' : `: ${this.#told.message}`;
    const error: NodeJS.ErrnoException = new Error(`connect ETIMEDOUT after ${connectTimeout} ms${told}`);
    error.code = 'ETIMEDOUT';
    if (this.#socket === null) this.#fail(error);
    else this.#socket.destroy(error);
  }

  /** The end, where there is no socket that would tell of it. */
  #fail(error: Error): void {
    if (this.#isOver) return;
    this.#end();
    this.#handler.closed(error);
  }

  /** May be called twice. */
  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#timer);
    // A function of its own, so that neither what it throws nor what it rejects with goes anywhere.
    (async () => this.#connector?.disconnect())().catch(() => {});
  }

  get remote(): string {
    return this.#channel?.remote ?? 'not connected';
  }

  write(bytes: Buffer, start: number, end: number): boolean {
    return (this.#channel as SocketChannel).write(bytes, start, end);
  }

  pause(): void {
    this.#channel?.pause();
  }

  resume(): void {
    this.#channel?.resume();
  }

  end(): void {
    this.#channel?.end();
  }

  destroy(): void {
    const wasOver = this.#isOver;
    this.#end();
    if (this.#channel !== null) this.#channel.destroy();
    else if (!wasOver) setImmediate(() => this.#handler.closed(null));
  }
}

/** Whether the handshake of a socket that another has opened is over already. */
function isShaken(socket: TLSSocket): boolean {
  return !socket.connecting && socket.getFinished() !== undefined;
}
