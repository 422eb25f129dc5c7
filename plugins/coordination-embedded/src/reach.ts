import { CoordinationError, type CoordinationListener } from '@shardmux/plugin-api';

/** Whether a store is within reach. Tells its listener once per outage, however many calls fail in it. */
export class Reach {
  #listener: CoordinationListener | null = null;
  #isAway = false;

  get isAway(): boolean {
    return this.#isAway;
  }

  get isOpen(): boolean {
    return this.#listener !== null;
  }

  open(listener: CoordinationListener): void {
    this.#listener = listener;
  }

  /** Nothing is told any more. */
  close(): void {
    this.#listener = null;
  }

  /** A server has answered. */
  found(): void {
    if (!this.#isAway) return;
    this.#isAway = false;
    this.#listener?.back();
  }

  /** No server answers. */
  lost(error: Error): void {
    if (this.#isAway || !this.isOpen) return;
    this.#isAway = true;
    this.#listener?.away(error);
  }

  /** @throws {CoordinationError} `SHARDMUX_COORDINATION_STOPPED` where it is not open. */
  check(): void {
    if (!this.isOpen) throw new CoordinationError('STOPPED', 'the coordination store is not started');
  }
}
