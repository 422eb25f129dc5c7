import type { Argument, ReplyClass } from '@shardmux/plugin-api';

/** What a codec is tried with: what is right in a protocol, and what is not, its author alone knows. */
export interface CodecSamples {
  /** Whole commands, in every form in which clients may send them. */
  readonly commands: readonly Uint8Array[];
  /** What decoders must refuse. */
  readonly malformedCommands: readonly Uint8Array[];
  /** Commands as applications give them, in all forms in which arguments come. */
  readonly calls: readonly SampleCall[];
  /** Commands that can be split, one at least for every way in which replies are merged. */
  readonly splits: readonly SampleSplit[];
  /** Commands that every server gets, one at least for every way in which replies are merged; left out: there are none. */
  readonly broadcasts?: readonly SampleBroadcast[];
  /** Whole replies of servers, of every type and every class. */
  readonly replies: readonly SampleReply[];
  /** Whole messages that no request asked for, in every form in which servers send them; left out: they send none. */
  readonly pushes?: readonly Uint8Array[];
  /** What framers must refuse. */
  readonly malformedReplies: readonly Uint8Array[];
}

export interface SampleCall {
  readonly name: string;
  readonly args: readonly Argument[];
  /** What it is routed by, in order. */
  readonly keys: readonly string[];
}

/** A command of at least two keys. */
export interface SampleSplit extends SampleCall {
  /** What a server answers to the command with just these keys. */
  reply(keys: readonly string[]): Uint8Array;
}

/** A command without keys. */
export interface SampleBroadcast extends SampleCall {
  /** What the servers answer: two at least. */
  readonly replies: readonly Uint8Array[];
  /** The one reply that this makes. */
  readonly merged: Uint8Array;
}

export interface SampleReply {
  readonly bytes: Uint8Array;
  readonly replyClass: ReplyClass;
  /** What an application gets for it; left out where it is an error. */
  readonly value?: unknown;
}
