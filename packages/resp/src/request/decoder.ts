/**
 * Requests: arrays of bulks, and inline commands.
 *
 *   decode ─► count ─► arguments ─► name ─► arity ─► keys ─► command, to be forwarded or refused
 *     ▲         │           │
 *     │         └───────────┴─ bytes are missing ─► incomplete ─┐
 *     └────────── more bytes, perhaps in another buffer ────────┘
 *
 *   *0, *-1, an empty line ─► skipped        whatever breaks a rule ─► malformed, the last answer
 *
 * Nothing is reported before every byte of the command was checked, and nothing is allocated for a length that
 * was only announced. Offsets are kept relative to the command's start, so the bytes may move between calls.
 */
import {
  type Conversation,
  type DecoderLimits,
  DecodeStatus,
  Handling,
  type RequestDecoder,
} from '@shardmux/plugin-api';
import { ascii } from '../ascii.js';
import { type RespCommandSpec, unknownCommand } from '../commands/command-spec.js';
import { commands } from '../commands/commands.js';
import { Refusal } from '../commands/refusal.js';
import { isWord } from '../commands/words.js';
import { LENGTH_INCOMPLETE, LENGTH_NIL, LengthLine, MAX_LENGTH } from '../length-line.js';
import { INLINE_UNBALANCED, InlineParser } from './inline.js';
import { expectedBulk, ProtocolError } from './protocol-error.js';
import type { RespCommand } from './resp-command.js';

// Constants of a module become part of its machine code; imported ones are loaded each time.
const LF = 0x0a;
const CR = 0x0d;
const DOLLAR = 0x24;
const ASTERISK = 0x2a;

/** What redis-server allows a client that has not authenticated yet. */
const ARGUMENTS_BEFORE_AUTH = 10;
const BULK_BEFORE_AUTH = 16_384;

/** Offsets are kept as 32-bit integers. */
const MAX_COMMAND_LENGTH = 0x7fffffff;

/** Room for arguments at first, and how much of it is kept after a command that needed more. */
const INITIAL_ARGUMENTS = 16;
const RETAINED_ARGUMENTS = 4096;

const NOTHING = Buffer.alloc(0);

const post = ascii('post');
const host = ascii('host:');

export class RespRequestDecoder implements RequestDecoder, RespCommand {
  spec: RespCommandSpec = unknownCommand;
  handling: Handling = Handling.reject;
  refusal: Refusal = Refusal.none;
  bytes: Uint8Array = NOTHING;
  start = 0;
  end = 0;
  argCount = 0;
  keyCount = 0;
  consumed = 0;
  expected = 0;
  malformedReply: Uint8Array = ProtocolError.argumentCount;

  private readonly conversation: Pick<Conversation, 'open'>;
  private readonly maxArguments: number;
  private readonly maxBulkLength: number;
  /** No client may be refused a bulk of this length. */
  private readonly unquestionedLength: number;
  private readonly maxInlineLength: number;
  private readonly maxKeyLength: number;
  private readonly line = new LengthLine();
  private inline: InlineParser | null = null;
  /** Start and end of each argument, relative to the command's start. */
  private offsets = new Int32Array(2 * INITIAL_ARGUMENTS);
  /** Which arguments are keys: room for all of them. */
  private keys = new Int32Array(INITIAL_ARGUMENTS);
  /** How far an incomplete command has been scanned, relative to its start. */
  private scanned = 0;
  /** Arguments of it that are still to come; 0 while their count is not known. */
  private owed = 0;

  constructor(limits: DecoderLimits, conversation: Pick<Conversation, 'open'>) {
    this.conversation = conversation;
    this.maxArguments = Math.min(limits.maxArguments, MAX_LENGTH);
    this.maxBulkLength = Math.min(limits.maxBulkLength, MAX_LENGTH);
    this.unquestionedLength = Math.min(this.maxBulkLength, BULK_BEFORE_AUTH);
    this.maxInlineLength = limits.maxInlineLength;
    this.maxKeyLength = limits.maxKeyLength;
  }

  argStart(index: number): number {
    return this.start + this.offsets[2 * index];
  }

  argEnd(index: number): number {
    return this.start + this.offsets[2 * index + 1];
  }

  keyStart(index: number): number {
    return this.argStart(this.keys[index]);
  }

  keyEnd(index: number): number {
    return this.argEnd(this.keys[index]);
  }

  decode(bytes: Uint8Array, start: number, end: number): DecodeStatus {
    this.bytes = bytes;
    this.start = start;
    if (this.owed > 0) return this.decodeArguments(bytes, start + this.scanned, end);
    if (start === end) return this.incomplete(0, 1);
    if (bytes[start] !== ASTERISK) return this.decodeInline(bytes, start, end);
    if (this.keys.length > RETAINED_ARGUMENTS) this.makeRoom(INITIAL_ARGUMENTS);
    const count = this.line.read(bytes, start + 1, end);
    if (count <= 0) return this.decodeNoArguments(count, end);
    if (count > this.maxArguments) return this.malformed(ProtocolError.argumentCount);
    if (count > ARGUMENTS_BEFORE_AUTH && !this.conversation.open) {
      return this.malformed(ProtocolError.argumentCountBeforeAuth);
    }
    this.argCount = count;
    this.owed = count;
    return this.decodeArguments(bytes, this.line.next, end);
  }

  release(): void {
    this.bytes = NOTHING;
    if (this.keys.length > RETAINED_ARGUMENTS) this.makeRoom(INITIAL_ARGUMENTS);
  }

  /** @param count 0, or one of the codes of a length line. */
  private decodeNoArguments(count: number, end: number): DecodeStatus {
    if (count === LENGTH_INCOMPLETE) return this.incomplete(0, end - this.start + 1);
    if (count !== 0 && count !== LENGTH_NIL) return this.malformed(ProtocolError.argumentCount);
    this.consumed = this.line.next;
    return DecodeStatus.skipped;
  }

  /** The scanner of a whole command's bytes: one loop, for it is what a request costs. */
  private decodeArguments(bytes: Uint8Array, from: number, end: number): DecodeStatus {
    const { line, start } = this;
    let { offsets } = this;
    let at = from;
    let slot = 2 * (this.argCount - this.owed);
    const lastSlot = 2 * this.argCount;
    while (slot < lastSlot) {
      if (at === end) return this.suspend(slot, at, at + 1);
      if (bytes[at] !== DOLLAR) return this.malformed(expectedBulk(bytes[at]));
      const length = line.read(bytes, at + 1, end);
      if (length < 0) {
        return length === LENGTH_INCOMPLETE
          ? this.suspend(slot, at, end + 1)
          : this.malformed(ProtocolError.bulkLength);
      }
      if (length > this.unquestionedLength && this.isTooLong(length)) return DecodeStatus.malformed;
      const argStart = line.next;
      const argEnd = argStart + length;
      if (argEnd + 2 > end) return this.suspend(slot, at, argEnd + 2);
      if (bytes[argEnd] !== CR || bytes[argEnd + 1] !== LF) return this.malformed(ProtocolError.bulkEnd);
      if (slot === offsets.length) offsets = this.makeRoom(slot);
      offsets[slot] = argStart - start;
      offsets[slot + 1] = argEnd - start;
      slot += 2;
      at = argEnd + 2;
    }
    if (at - start > MAX_COMMAND_LENGTH) return this.malformed(ProtocolError.commandTooLong);
    this.scanned = 0;
    this.owed = 0;
    this.consumed = at;
    this.end = at;
    return this.classify();
  }

  private isTooLong(length: number): boolean {
    if (length > this.maxBulkLength) this.malformed(ProtocolError.bulkLength);
    else if (!this.conversation.open) this.malformed(ProtocolError.bulkLengthBeforeAuth);
    else return false;
    return true;
  }

  /** Keeps what is known of an incomplete array; only the header of one argument is read twice. */
  private suspend(slot: number, at: number, bound: number): DecodeStatus {
    this.owed = this.argCount - slot / 2;
    if (bound - this.start > MAX_COMMAND_LENGTH) return this.malformed(ProtocolError.commandTooLong);
    return this.incomplete(at - this.start, bound - this.start);
  }

  private incomplete(scanned: number, expected: number): DecodeStatus {
    this.scanned = scanned;
    this.expected = expected;
    return DecodeStatus.incomplete;
  }

  private malformed(reply: Uint8Array): DecodeStatus {
    this.malformedReply = reply;
    return DecodeStatus.malformed;
  }

  /** Arguments that have come decide how much room there is, never their announced count. */
  private makeRoom(count: number): Int32Array<ArrayBuffer> {
    const { offsets } = this;
    this.offsets = new Int32Array(2 * count);
    this.keys = new Int32Array(count);
    if (offsets.length < this.offsets.length) this.offsets.set(offsets);
    return this.offsets;
  }

  private decodeInline(bytes: Uint8Array, start: number, end: number): DecodeStatus {
    let at = start + this.scanned;
    while (at < end && bytes[at] !== LF) {
      if (bytes[at] === 0) return this.malformed(ProtocolError.inlineNul);
      at++;
    }
    if (at - start > this.maxInlineLength) return this.malformed(ProtocolError.inlineTooLong);
    if (at === end) return this.incomplete(at - start, at - start + 1);
    this.scanned = 0;
    this.consumed = at + 1;
    this.inline ??= new InlineParser();
    const lineEnd = at > start && bytes[at - 1] === CR ? at - 1 : at;
    const words = this.inline.parse(bytes, start, lineEnd);
    if (words === INLINE_UNBALANCED) return this.malformed(ProtocolError.inlineQuotes);
    if (words === 0) return DecodeStatus.skipped;
    if (words > this.maxArguments) return this.malformed(ProtocolError.argumentCount);
    return this.adoptInline(this.inline, words);
  }

  /** Inline commands are rare: each gets bytes of its own, as an array of bulks. */
  private adoptInline(inline: InlineParser, words: number): DecodeStatus {
    if (words > this.keys.length) this.makeRoom(words);
    this.bytes = Buffer.allocUnsafeSlow(inline.encodedLength);
    inline.write(this.bytes, this.offsets);
    this.argCount = words;
    this.start = 0;
    this.end = this.bytes.length;
    return this.classify();
  }

  /** What the whole command is, and how it is to be handled. */
  private classify(): DecodeStatus {
    const spec = commands.lookup(this.bytes, this.argStart(0), this.argEnd(0));
    return spec === null ? this.classifyUnknown() : this.classifyAs(spec);
  }

  readAs(spec: RespCommandSpec): void {
    this.classifyAs(spec);
  }

  private classifyAs(known: RespCommandSpec): DecodeStatus {
    let spec: RespCommandSpec | null = known;
    this.spec = spec;
    if (spec.subcommands !== null && this.argCount > 1) {
      spec = spec.subcommands.lookup(this.bytes, this.argStart(1), this.argEnd(1));
      if (spec === null) return this.refuse(Refusal.unknownSubcommand);
      this.spec = spec;
    }
    if (this.argCount < spec.minArguments || this.argCount > spec.maxArguments) {
      return this.refuse(Refusal.wrongArity);
    }
    if (spec.handling === Handling.reject) return this.refuse(Refusal.unsupported);
    const found = spec.findKeys === null ? this.fillKeys(spec) : spec.findKeys(this, this.keys);
    if (found === Refusal.keyless) return this.leaveToServer(spec);
    if (found < 0) return this.refuse(found as Refusal);
    this.keyCount = found;
    for (let i = 0; i < found; i++) {
      const slot = 2 * this.keys[i];
      if (this.offsets[slot + 1] - this.offsets[slot] > this.maxKeyLength)
        return this.refuse(Refusal.keyTooLong);
    }
    this.handling = found === 0 && spec.handling === Handling.forward ? Handling.anyNode : spec.handling;
    this.refusal = Refusal.none;
    return DecodeStatus.command;
  }

  /** Any server will do. */
  private leaveToServer({ handling }: RespCommandSpec): DecodeStatus {
    this.handling = handling === Handling.local ? handling : Handling.anyNode;
    this.refusal = Refusal.none;
    this.keyCount = 0;
    return DecodeStatus.command;
  }

  private classifyUnknown(): DecodeStatus {
    if (isWord(this, 0, post) || isWord(this, 0, host)) return this.malformed(ProtocolError.crossProtocol);
    this.spec = unknownCommand;
    return this.refuse(Refusal.unknownCommand);
  }

  private refuse(refusal: Refusal): DecodeStatus {
    this.handling = Handling.reject;
    this.refusal = refusal;
    this.keyCount = 0;
    return DecodeStatus.command;
  }

  /** The keys of a command that has one range of them, or none. */
  private fillKeys(spec: RespCommandSpec): number {
    const { firstKey, keyStep } = spec;
    if (firstKey === 0) return 0;
    const lastKey = spec.lastKey < 0 ? spec.lastKey + this.argCount : spec.lastKey;
    if (keyStep > 1 && (lastKey - firstKey + 1) % keyStep !== 0) return Refusal.wrongArity;
    let count = 0;
    for (let index = firstKey; index <= lastKey; index += keyStep) this.keys[count++] = index;
    return count;
  }
}
