import { type Arena, copyBytes, type Slab } from '@shardmux/core';
import type { Channel } from '@shardmux/plugin-api';

/**
 * Replies on their way to one client.
 *
 *   append ──► slab ──(turn's end, or full)──► channel ──► kernel took all: slab to the arena
 *                                                     └──► it did not: slab waits for `drained`
 *
 * At rest it holds no memory.
 */
export class Output {
  readonly #channel: Channel;
  readonly #arena: Arena;
  #current: Slab | null = null;
  readonly #unsent: Slab[] = [];
  #unsentBytes = 0;

  constructor(channel: Channel, arena: Arena) {
    this.#channel = channel;
    this.#arena = arena;
  }

  /** Bytes that the kernel has not taken. */
  get unsentBytes(): number {
    return this.#unsentBytes;
  }

  append(bytes: Uint8Array, start: number, end: number): void {
    let slab = this.#current;
    if (slab === null || slab.fill + end - start > slab.limit) {
      this.flush();
      slab = this.#arena.take(end - start);
      this.#current = slab;
    }
    slab.fill = copyBytes(bytes, start, end, slab.bytes, slab.fill);
  }

  flush(): void {
    const slab = this.#current;
    if (slab === null) return;
    this.#current = null;
    if (this.#channel.write(slab.bytes, slab.base, slab.fill)) {
      this.#arena.give(slab);
    } else {
      this.#unsent.push(slab);
      this.#unsentBytes += slab.fill - slab.base;
    }
  }

  /** The channel is done with all that it was given. */
  drained(): void {
    for (const slab of this.#unsent) this.#arena.give(slab);
    this.#unsent.length = 0;
    this.#unsentBytes = 0;
  }

  /** The channel is closed. */
  discard(): void {
    if (this.#current !== null) this.#arena.give(this.#current);
    this.#current = null;
    this.drained();
  }
}
