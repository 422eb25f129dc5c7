import type { Arena, Slab } from '@shardmux/core';
import {
  type Argument,
  type Codec,
  type Conversation,
  type DecoderLimits,
  DecodeStatus,
  type RequestDecoder,
} from '@shardmux/plugin-api';

/** Most commands fit in here; larger ones get memory of their own for as long as they are sent. */
const SCRATCH_SIZE = 64 * 1024;

/**
 * Writes commands one after the other, as an application elsewhere would send them, and stands a decoder on each:
 * the one that the proxy uses, so that both find the same keys and refuse the same commands.
 *
 *   open ──► append … append ──► bytes[start, end) ──► close
 */
export class CommandWriter {
  readonly #arena: Arena;
  readonly #codec: Codec;
  readonly #conversation: Conversation;
  readonly #limits: DecoderLimits;
  readonly #scratch: Slab;
  #slab: Slab;
  /** Stands on the command that was appended last. */
  decoder: RequestDecoder;
  start = 0;
  end = 0;

  constructor(arena: Arena, codec: Codec, conversation: Conversation, limits: DecoderLimits) {
    this.#arena = arena;
    this.#codec = codec;
    this.#conversation = conversation;
    this.#limits = limits;
    this.#scratch = arena.take(SCRATCH_SIZE);
    this.#slab = this.#scratch;
    this.decoder = codec.createDecoder(limits, conversation);
  }

  get bytes(): Buffer {
    return this.#slab.bytes;
  }

  bound(name: string, args: readonly Argument[]): number {
    return this.#codec.encoder.bound(name, args);
  }

  /** @param bound of all that will be appended. */
  open(bound: number): void {
    this.#slab = bound <= SCRATCH_SIZE ? this.#scratch : this.#arena.take(bound);
    this.start = this.#slab.base;
    this.end = this.start;
  }

  /** Returns the error reply to a command that breaks the limits, or `null`. */
  append(name: string, args: readonly Argument[]): Uint8Array | null {
    const start = this.end;
    this.end = this.#codec.encoder.write(name, args, this.#slab.bytes, start);
    if (this.decoder.decode(this.#slab.bytes, start, this.end) === DecodeStatus.command) return null;
    const reply = this.decoder.malformedReply;
    this.decoder = this.#codec.createDecoder(this.#limits, this.#conversation);
    return reply;
  }

  close(): void {
    if (this.#slab === this.#scratch) return;
    this.decoder.release();
    this.#arena.give(this.#slab);
    this.#slab = this.#scratch;
  }

  /** Nothing is written any more. */
  dispose(): void {
    this.#arena.give(this.#scratch);
  }
}
