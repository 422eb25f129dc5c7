/**
 * Values of replies, each of the nearest type that JavaScript has. What RESP3 adds comes as ioredis 6 has it with
 * `replyMapping: 'resp3'`, but for big numbers, which are texts there: a map is a plain object, its keys texts whatever
 * they were; a set is an array.
 *
 *   $3 abc ─► 'abc'    :7 ─► 7    *2 … ~2 … >2 … ─► [ …, … ]    -ERR … ! … ─► ReplyError    _ $-1 *-1 ─► null
 *   %1 k v ─► { k: v }    #t ─► true    ,1.5 ─► 1.5    (12 ─► 12n    =7 txt:abc ─► 'abc'    |1 … abc ─► abc
 */
import { inspect } from 'node:util';
import { type ReadOptions, ReplyError, type ReplyReader, ShardmuxError } from '@shardmux/plugin-api';

const CR = 0x0d;
const MINUS = 0x2d;
const ZERO = 0x30;

const Type = {
  bulk: 0x24,
  array: 0x2a,
  status: 0x2b,
  error: 0x2d,
  integer: 0x3a,
  null: 0x5f,
  boolean: 0x23,
  double: 0x2c,
  bigNumber: 0x28,
  bulkError: 0x21,
  verbatim: 0x3d,
  set: 0x7e,
  map: 0x25,
  attribute: 0x7c,
  push: 0x3e,
} as const;

/** Redis nests replies no deeper than its scripts nest tables; the stack here holds far more. */
const MAX_DEPTH = 1_000;

/** Scripts may give any text out as a big number. */
const BIG_NUMBER = /^-?\d+$/;

/** `txt:` and `mkd:` before a verbatim text. */
const VERBATIM_PREFIX = 4;
const TRUE = 0x74;

export class RespReplyReader implements ReplyReader {
  next = 0;
  private bytes: Buffer = Buffer.alloc(0);
  private options: ReadOptions = { buffers: false, stringNumbers: false };
  private depth = 0;

  /** @throws {ShardmuxError} `SHARDMUX_REPLY_MALFORMED` for what no server sends. */
  read(bytes: Uint8Array, start: number, _end: number, options: ReadOptions): unknown {
    this.bytes = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    this.options = options;
    this.next = start;
    this.depth = 0;
    return this.value();
  }

  private value(): unknown {
    const type = this.bytes[this.next++];
    switch (type) {
      case Type.bulk:
        return this.bulk();
      case Type.integer:
        return this.options.stringNumbers ? this.line() : this.integer();
      case Type.status:
        return this.status();
      case Type.array:
        return this.elements();
      case Type.error:
        return new ReplyError(this.line());
      default:
        return this.rare(type);
    }
  }

  /** What only RESP3 has. */
  private rare(type: number): unknown {
    switch (type) {
      case Type.null:
        this.line();
        return null;
      case Type.boolean:
        return this.line().charCodeAt(0) === TRUE;
      case Type.double:
        return this.double();
      case Type.bigNumber:
        return this.bigNumber();
      case Type.verbatim:
        return this.verbatim();
      case Type.bulkError:
        return new ReplyError(this.slice(this.integer()));
      case Type.set:
      case Type.push:
        return this.elements();
      case Type.map:
        return this.map();
      case Type.attribute:
        return this.valueBehindAttributes();
      default:
        throw malformed(`a reply of type ${type}`);
    }
  }

  private valueBehindAttributes(): unknown {
    do this.map();
    while (this.bytes[this.next++] === Type.attribute);
    this.next--;
    return this.value();
  }

  /** The digits up to the line's end. Exact up to 2^53: no sum on the way is larger than the value. */
  private integer(): number {
    const { bytes } = this;
    let at = this.next;
    const negative = bytes[at] === MINUS;
    if (negative) at++;
    let value = 0;
    for (let byte = bytes[at]; byte !== CR; byte = bytes[++at]) value = value * 10 + (byte - ZERO);
    this.next = at + 2;
    return negative ? -value : value;
  }

  private bulk(): string | Buffer | null {
    const length = this.integer();
    if (length < 0) return null;
    return this.options.buffers ? this.copy(length) : this.slice(length);
  }

  private double(): number | string {
    const text = this.line();
    if (this.options.stringNumbers) return text;
    if (text.endsWith('inf')) return text === 'inf' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
    return Number(text);
  }

  private bigNumber(): bigint | string {
    const text = this.line();
    return this.options.stringNumbers || !BIG_NUMBER.test(text) ? text : BigInt(text);
  }

  private verbatim(): string | Buffer {
    const length = this.integer() - VERBATIM_PREFIX;
    this.next += VERBATIM_PREFIX;
    return this.options.buffers ? this.copy(length) : this.slice(length);
  }

  private slice(length: number): string {
    const start = this.next;
    this.next = start + length + 2;
    return this.bytes.toString('utf8', start, start + length);
  }

  private copy(length: number): Buffer {
    const start = this.next;
    this.next = start + length + 2;
    const value = Buffer.allocUnsafeSlow(length);
    this.bytes.copy(value, 0, start, start + length);
    return value;
  }

  private status(): string | Buffer {
    const { bytes, next } = this;
    // "OK", which nearly all of them are.
    if (bytes[next] === 0x4f && bytes[next + 1] === 0x4b && bytes[next + 2] === CR && !this.options.buffers) {
      this.next = next + 4;
      return 'OK';
    }
    return this.text();
  }

  private text(): string | Buffer {
    const text = this.line();
    return this.options.buffers ? Buffer.from(text) : text;
  }

  private line(): string {
    const start = this.next;
    const end = this.bytes.indexOf(CR, start);
    this.next = end + 2;
    return this.bytes.toString('utf8', start, end);
  }

  private elements(): unknown[] | null {
    const count = this.integer();
    if (count < 0) return null;
    this.enter();
    const values: unknown[] = [];
    for (let i = count; i > 0; i--) values.push(this.value());
    this.depth--;
    return values;
  }

  private map(): Record<string, unknown> {
    const count = this.integer();
    this.enter();
    const map: Record<string, unknown> = {};
    for (let i = count; i > 0; i--) {
      const key = this.key();
      const value = this.value();
      if (key === '__proto__') defineOwn(map, key, value);
      else map[key] = value;
    }
    this.depth--;
    return map;
  }

  /** Scripts may send keys of any type: of one that is no text, any text will do. */
  private key(): string {
    const key = this.value();
    return typeof key === 'object' && !Buffer.isBuffer(key) ? inspect(key) : String(key);
  }

  private enter(): void {
    if (++this.depth > MAX_DEPTH) throw malformed(`a reply nested deeper than ${MAX_DEPTH}`);
  }
}

/** An assignment to this name would change the prototype. */
function defineOwn(map: object, name: string, value: unknown): void {
  Object.defineProperty(map, name, { value, configurable: true, enumerable: true, writable: true });
}

function malformed(what: string): ShardmuxError {
  return new ShardmuxError('SHARDMUX_REPLY_MALFORMED', `the server sent ${what}`);
}
