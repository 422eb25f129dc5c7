import {
  type Argument,
  type Codec,
  type Conversation,
  type ConversationClient,
  type DecodedCommand,
  type DecoderLimits,
  DecodeStatus,
  type ReplyClass,
  type RequestDecoder,
} from '@shardmux/plugin-api';
import type { Breach } from '../conformance-error.js';
import type { CodecSamples, SampleBroadcast, SampleCall } from './codec-samples.js';

/** As much as redis-server allows. */
export const LIMITS: DecoderLimits = {
  maxArguments: 1_048_576,
  maxBulkLength: 536_870_912,
  maxInlineLength: 65_536,
  maxKeyLength: 536_870_912,
};

const NOBODY: ConversationClient = {
  remote: 'nowhere',
  local: 'here',
  age: 0,
  idle: 0,
  mayWait: false,
  lastCommand: null,
  hears: true,
  connectionFor: () => null,
  push: () => {},
  destroy: () => {},
};

/** The codec that a proof is about, with its samples. */
export class Subject {
  readonly codec: Codec;
  readonly samples: CodecSamples;
  readonly breach: Breach;

  constructor(codec: Codec, samples: CodecSamples, breach: Breach) {
    this.codec = codec;
    this.samples = copyOf(samples);
    this.breach = breach;
  }

  get calls(): readonly SampleCall[] {
    return [...this.samples.calls, ...this.samples.splits, ...this.broadcasts];
  }

  get broadcasts(): readonly SampleBroadcast[] {
    return this.samples.broadcasts ?? [];
  }

  get pushes(): readonly Uint8Array[] {
    return this.samples.pushes ?? [];
  }

  /** The decoder of a client that may do what it likes. */
  createDecoder(limits = LIMITS): RequestDecoder {
    return this.codec.createDecoder(limits, this.createConversation(null));
  }

  createConversation(password: string | null): Conversation {
    return this.codec.createRealm({ password }).createConversation(NOBODY);
  }

  /** A decoder that stands on a request, which is to be one whole command. */
  decode(request: Uint8Array): RequestDecoder {
    const decoder = this.createDecoder();
    const status = decoder.decode(request, 0, request.length);
    if (status === DecodeStatus.command && decoder.consumed === request.length) return decoder;
    return this.breach(`${show(request)} is not one whole command`);
  }

  encode({ name, args }: SampleCall): Buffer {
    const out = Buffer.alloc(this.codec.encoder.bound(name, args));
    return out.subarray(0, this.codec.encoder.write(name, args, out, 0));
  }

  /** The class of what is to be one whole reply. */
  frame(reply: Uint8Array): ReplyClass {
    const framer = this.codec.createFramer();
    if (framer.frame(reply, 0, reply.length) === reply.length) return framer.replyClass;
    return this.breach(`${show(reply)} is not one whole reply`);
  }
}

/** A codec that writes to what it is given must not spoil the other proofs. */
function copyOf(samples: CodecSamples): CodecSamples {
  const copies = (each: readonly Uint8Array[]) => each.map((bytes) => Buffer.from(bytes));
  return {
    ...samples,
    commands: copies(samples.commands),
    malformedCommands: copies(samples.malformedCommands),
    replies: samples.replies.map((reply) => ({ ...reply, bytes: Buffer.from(reply.bytes) })),
    pushes: copies(samples.pushes ?? []),
    malformedReplies: copies(samples.malformedReplies),
  };
}

export function argumentsOf(command: DecodedCommand): Buffer[] {
  return Array.from({ length: command.argCount }, (_, i) =>
    Buffer.from(command.bytes.subarray(command.argStart(i), command.argEnd(i))),
  );
}

export function keysOf(command: DecodedCommand): Buffer[] {
  return Array.from({ length: command.keyCount }, (_, i) =>
    Buffer.from(command.bytes.subarray(command.keyStart(i), command.keyEnd(i))),
  );
}

/** The bytes as which the contract has an argument sent. */
export function bytesOf(argument: Argument): Buffer {
  return Buffer.from(typeof argument === 'number' ? String(argument) : argument);
}

/** Bytes as an error shows them. */
export function show(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.subarray(0, 64)).toString('latin1');
  return `${JSON.stringify(text)}${bytes.length > 64 ? ` … (${bytes.length} bytes)` : ''}`;
}

export function showCall({ name, args }: SampleCall): string {
  return [name, ...args.map((arg) => show(bytesOf(arg)))].join(' ');
}
