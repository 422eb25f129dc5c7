import type { Arena, Slab } from '@shardmux/core';
import {
  type Argument,
  type Codec,
  type Conversation,
  type DecoderLimits,
  DecodeStatus,
  type RequestDecoder,
} from '@shardmux/plugin-api';
import { prefixKeys } from './key-prefix.js';

/** Most commands fit in here; larger ones get memory of their own for as long as they are sent. */
const SCRATCH_SIZE = 64 * 1024;

/**
 * Writes one command after the other, as an application elsewhere would send them, and stands a decoder on each: the
 * one that the proxy uses, so that both find the same keys and refuse the same commands.
 *
 *   write ──► bytes[start, end) ──► close
 */
export class CommandWriter {
  readonly #arena: Arena;
  readonly #codec: Codec;
  readonly #conversation: Conversation;
  readonly #limits: DecoderLimits;
  readonly #keyPrefix: string;
  readonly #scratch: Slab;
  #slab: Slab;
  /** Stands on the command that was written last. */
  decoder: RequestDecoder;
  start = 0;
  end = 0;

  /** @param keyPrefix goes before each key. */
  constructor(
    arena: Arena,
    codec: Codec,
    conversation: Conversation,
    limits: DecoderLimits,
    keyPrefix: string,
  ) {
    this.#arena = arena;
    this.#codec = codec;
    this.#conversation = conversation;
    this.#limits = limits;
    this.#keyPrefix = keyPrefix;
    this.#scratch = arena.take(SCRATCH_SIZE);
    this.#slab = this.#scratch;
    this.decoder = codec.createDecoder(limits, conversation);
  }

  get bytes(): Buffer {
    return this.#slab.bytes;
  }

  /** Returns the error reply to a command that breaks the limits, or `null`: then it is to be closed. */
  write(name: string, args: readonly Argument[]): Uint8Array | null {
    const refusal = this.#write(name, args);
    if (refusal !== null || this.#keyPrefix === '') return refusal;
    const own = prefixKeys(this.decoder, args, this.#keyPrefix);
    this.close();
    return this.#write(name, own);
  }

  #write(name: string, args: readonly Argument[]): Uint8Array | null {
    const { encoder } = this.#codec;
    const bound = encoder.bound(name, args);
    this.#slab = bound <= SCRATCH_SIZE ? this.#scratch : this.#arena.take(bound);
    this.start = this.#slab.base;
    this.end = encoder.write(name, args, this.#slab.bytes, this.start);
    if (this.decoder.decode(this.#slab.bytes, this.start, this.end) === DecodeStatus.command) return null;
    const reply = this.decoder.malformedReply;
    this.decoder = this.#codec.createDecoder(this.#limits, this.#conversation);
    this.close();
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
