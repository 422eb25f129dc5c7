import type { CommandSpec } from './command-spec.js';
import type { DecodedCommand } from './request-decoder.js';

/**
 * Cuts a command with handling `split` into fragments, each a command of its own: a head, then the parts of the
 * original that belong to it, copied as they are. A part is one key with all that goes with it (MSET: its value).
 */
export interface Splitter<
  Spec extends CommandSpec = CommandSpec,
  Command extends DecodedCommand = DecodedCommand,
> {
  headLength(spec: Spec, parts: number): number;
  /** Writes `headLength` bytes at `at`. */
  writeHead(spec: Spec, parts: number, out: Uint8Array, at: number): void;
  /** The bytes `[partStart, partEnd)` of `command.bytes` that carry key number `key`. */
  partStart(command: Command, key: number): number;
  partEnd(command: Command, key: number): number;
}

/** The replies to all fragments of one command. Every one of them is whole. */
export interface FragmentReplies {
  /** How many fragments there are: two at least. */
  readonly count: number;
  bytes(fragment: number): Uint8Array;
  start(fragment: number): number;
  end(fragment: number): number;
  replyClass(fragment: number): number;
  /** How many keys the command had, and to which fragment each one went; none where all nodes got the whole of it. */
  readonly keyCount: number;
  fragmentOf(key: number): number;
}

/** Makes one reply out of the fragments' replies. Keeps nothing between calls. */
export interface Merger<Spec extends CommandSpec = CommandSpec> {
  /** An upper bound of the merged reply's length. */
  mergedBound(spec: Spec, replies: FragmentReplies): number;
  /** Writes the merged reply at `at` and returns the offset after it, or -1 where a reply is not of the right form. */
  merge(spec: Spec, replies: FragmentReplies, out: Uint8Array, at: number): number;
}
