import { copyBytes, type Slab, type SlabPool } from '@shardmux/core';
import type { Channel } from '@shardmux/plugin-api';

/**
 * Replies on their way to one client.
 *
 *   append ──► slab ──(turn's end, or full)──► channel ──► kernel took all: slab to the pool
 *                                                     └──► it did not: slab waits for `drained`
 *
 * At rest it holds no memory.
 */
export class Output {
  readonly #channel: Channel;
  readonly #slabs: SlabPool;
  #current: Slab | null = null;
  readonly #unsent: Slab[] = [];
  #unsentBytes = 0;

  constructor(channel: Channel, slabs: SlabPool) {
    this.#channel = channel;
    this.#slabs = slabs;
  }

  /** Bytes that the kernel has not taken. */
  get unsentBytes(): number {
    return this.#unsentBytes;
  }

  append(bytes: Uint8Array, start: number, end: number): void {
    let slab = this.#current;
    if (slab === null || slab.fill + end - start > slab.bytes.length) {
      this.flush();
      slab = this.#slabs.take(end - start);
      this.#current = slab;
    }
    slab.fill = copyBytes(bytes, start, end, slab.bytes, slab.fill);
  }

  flush(): void {
    const slab = this.#current;
    if (slab === null) return;
    this.#current = null;
    if (this.#channel.write(slab.bytes, 0, slab.fill)) {
      this.#slabs.give(slab);
    } else {
      this.#unsent.push(slab);
      this.#unsentBytes += slab.fill;
    }
  }

  /** The channel is done with all that it was given. */
  drained(): void {
    for (const slab of this.#unsent) this.#slabs.give(slab);
    this.#unsent.length = 0;
    this.#unsentBytes = 0;
  }

  /** The channel is closed. */
  discard(): void {
    if (this.#current !== null) this.#slabs.give(this.#current);
    this.#current = null;
    this.drained();
  }
}
