import type { Socket } from 'node:net';
import { ProxyHeader } from './proxy-header.js';
import { remoteOf } from './socket-channel.js';

/** How long a balancer may take for its header, in ms: until then nobody counts the connection. */
const HEADER_TIMEOUT = 10_000;

/**
 * Where the header of a connection is read that comes from a balancer.
 *
 *   open ──the header is whole──► passed, with what came behind it back in the socket, which is paused
 *     └── it is malformed, HEADER_TIMEOUT, the balancer's end ──► destroyed
 */
export class HeaderGate {
  readonly #socket: Socket;
  readonly #passed: (remote: string) => void;
  readonly #refused: (reason: string) => void;
  readonly #header = new ProxyHeader();
  readonly #timer: NodeJS.Timeout;
  readonly #onEnd = (): void => {
    this.#socket.destroy();
  };

  /** @param passed told the client that the balancer has named, or the balancer where it named none. */
  constructor(socket: Socket, passed: (remote: string) => void, refused: (reason: string) => void) {
    this.#socket = socket;
    this.#passed = passed;
    this.#refused = refused;
    this.#timer = setTimeout(() => this.#refuse(`none came within ${HEADER_TIMEOUT} ms`), HEADER_TIMEOUT);
    socket.on('error', () => {});
    socket.on('end', this.#onEnd);
    socket.on('close', () => clearTimeout(this.#timer));
  }

  received(bytes: Uint8Array, start: number, end: number): void {
    const header = this.#header;
    const rest = header.take(bytes, start, end);
    if (header.fault !== null) this.#refuse(header.fault);
    else if (header.isWhole) this.#pass(Buffer.from(bytes.subarray(rest, end)));
  }

  #pass(rest: Buffer): void {
    const socket = this.#socket;
    clearTimeout(this.#timer);
    socket.off('end', this.#onEnd);
    socket.pause();
    if (rest.length > 0) socket.unshift(rest);
    this.#passed(this.#header.client ?? remoteOf(socket));
  }

  #refuse(fault: string): void {
    this.#refused(`no PROXY protocol header: ${fault}`);
    this.#socket.destroy();
  }
}
