import type { Failure, OwnLinks } from '@shardmux/plugin-api';
import type { LinkObserver } from './link-observer.js';

/** Tells one session what its own link to a server lives through, and the server as well. */
export class OwnObserver implements LinkObserver {
  readonly #server: LinkObserver;
  readonly #own: OwnLinks;

  constructor(server: LinkObserver, own: OwnLinks) {
    this.#server = server;
    this.#own = own;
  }

  get name(): string {
    return this.#server.name;
  }

  get ordinal(): number {
    return this.#server.ordinal;
  }

  get isSuspended(): boolean {
    return this.#server.isSuspended;
  }

  connected(duration: number): void {
    this.#server.connected(duration);
  }

  disconnected(failure: Failure, openSince: number | null, error: Error | null): void {
    if (openSince !== null) this.#own.onLost();
    this.#server.disconnected(failure, openSince, error);
  }

  answered(): void {
    this.#server.answered();
  }

  timedOut(): void {
    this.#server.timedOut();
  }

  unasked(bytes: Uint8Array, start: number, end: number): boolean {
    this.#own.onMessage(bytes, start, end);
    return true;
  }
}
