import type { CommandSpec, Handling } from './command-spec.js';

export interface DecoderLimits {
  /** Arguments of one command, its name included. */
  readonly maxArguments: number;
  /** Bytes of one argument. */
  readonly maxBulkLength: number;
  /** Bytes of one inline command. */
  readonly maxInlineLength: number;
  /** Bytes of one key. */
  readonly maxKeyLength: number;
}

/** Where keys lie in `bytes`. */
export interface KeyRanges {
  readonly bytes: Uint8Array;
  readonly keyCount: number;
  keyStart(index: number): number;
  keyEnd(index: number): number;
}

/** The command that a decoder stands on: offsets into `bytes`, nothing copied. Gone with the next `decode`. */
export interface DecodedCommand extends KeyRanges {
  readonly spec: CommandSpec;
  readonly handling: Handling;
  /** The request as a server takes it is `bytes[start, end)`. Not always the buffer that was decoded. */
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  /** Arguments, the name included as number 0. */
  readonly argCount: number;
  argStart(index: number): number;
  argEnd(index: number): number;
}

export const DecodeStatus = {
  /** The bytes end within a command; call again with the same start and more bytes. */
  incomplete: 0,
  /** A command was decoded: the decoder stands on it, and the next one starts at `consumed`. */
  command: 1,
  /** Bytes up to `consumed` held nothing that wants an answer. */
  skipped: 2,
  /** Not this protocol: send `malformedReply`, then close. Nothing more can be decoded. */
  malformed: 3,
} as const;

export type DecodeStatus = (typeof DecodeStatus)[keyof typeof DecodeStatus];

/**
 * Finds commands in the bytes of one client. Makes no strings, no arrays, no views.
 *
 * Resumable: it remembers how far it got in an incomplete command, relative to `start`, so that a command which
 * comes in a thousand pieces takes linear time, and so that the bytes may have moved between two calls.
 */
export interface RequestDecoder extends DecodedCommand {
  /** @param start where the current command begins. */
  decode(bytes: Uint8Array, start: number, end: number): DecodeStatus;
  /** Offset after the last `command` or `skipped`. */
  readonly consumed: number;
  /** A lower bound for the whole length of the incomplete command, in bytes: no more need be made room for. */
  readonly expected: number;
  /** Lets go of the bytes, and of room that only a large command needed. Not while a command is incomplete. */
  release(): void;
  /** The error reply for `malformed`. */
  readonly malformedReply: Uint8Array;
}
