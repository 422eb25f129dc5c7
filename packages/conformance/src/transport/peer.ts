import type { Socket } from 'node:net';
import { Condition } from '../condition.js';
import type { Proof } from '../proof.js';

/** The other end of a watched channel: a socket of Node, which reads nothing until it is asked to. */
export class Peer {
  readonly #proof: Proof;
  readonly #socket: Socket;
  /** The socket below, where the other one is secure. */
  readonly #plain: Socket;
  readonly #condition = new Condition();
  readonly #chunks: Buffer[] = [];
  #length = 0;
  #ended = false;
  #closed = false;

  constructor(proof: Proof, plain: Socket, secure: (plain: Socket) => Socket) {
    this.#proof = proof;
    this.#plain = plain;
    this.#socket = secure(plain);
    proof.finally(() => {
      this.#socket.destroy();
      plain.destroy();
    });
    for (const socket of new Set([plain, this.#socket])) socket.on('error', () => {});
    this.#socket.on('end', () => {
      this.#ended = true;
      this.#condition.changed();
    });
    this.#socket.on('close', () => {
      this.#closed = true;
      this.#condition.changed();
    });
  }

  /** As a transport names it: `host:port` */
  get address(): string {
    return `${this.#plain.localAddress}:${this.#plain.localPort}`;
  }

  write(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  end(): void {
    this.#socket.end();
  }

  reset(): void {
    this.#plain.resetAndDestroy();
  }

  read(): void {
    if (this.#socket.listenerCount('data') > 0) return;
    this.#socket.on('data', (chunk: Buffer) => {
      this.#chunks.push(chunk);
      this.#length += chunk.length;
      this.#condition.changed();
    });
    this.#socket.resume();
  }

  /** The bytes that came, once there are as many. */
  async bytes(length: number): Promise<Buffer> {
    this.read();
    const come = this.#condition.until(() => this.#length >= length);
    await this.#proof.settled(`the peer's reading of ${length} bytes`, come);
    return Buffer.concat(this.#chunks);
  }

  /** Resolves when the other side has said that it sends no more. */
  async ended(): Promise<void> {
    this.read();
    await this.#proof.settled(
      "the end at the peer's side",
      this.#condition.until(() => this.#ended),
    );
  }

  /** Resolves when the connection is gone. */
  async gone(): Promise<void> {
    this.read();
    await this.#proof.settled(
      "the loss of the connection at the peer's side",
      this.#condition.until(() => this.#ended || this.#closed),
    );
  }
}
