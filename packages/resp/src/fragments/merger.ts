/**
 *   MGET b a c ─┬─► a:   *1 A      ─┐
 *               └─► b c: *2 B C    ─┴─► *3 B A C     elements in the order of the keys
 *   DEL: the sum · MSET: what all say · KEYS: one behind the other · an error from any of them: that error
 */
import { type FragmentReplies, type Merger, ReplyClass } from '@shardmux/plugin-api';
import { ASTERISK, ascii, DOLLAR, EXCLAMATION, UNDERSCORE } from '../ascii.js';
import { MergeKind, type RespCommandSpec } from '../commands/command-spec.js';
import { copyBytes } from '../copy-bytes.js';
import { LENGTH_NIL, LengthLine, writeLengthLine } from '../length-line.js';
import { errorTextStart } from '../reply/error-text.js';
import { mergeSums } from './merge-integers.js';
import { chooseOne, concatenate, takeFirst } from './merge-whole.js';
import { replyStart } from './reply-start.js';
import { WRONG_FORM } from './wrong-form.js';

/** `_` and the end of the line. */
const NULL_LENGTH = 3;

/** More than a merged reply can be longer than all fragments' replies: a header or the end of an error. */
const MAX_ADDITION = 64;

export class RespMerger implements Merger<RespCommandSpec> {
  private readonly line = new LengthLine();
  /** How far each fragment's array has been read. Of use during one merge only. */
  private cursors = new Uint32Array(16);

  mergedBound(_spec: RespCommandSpec, replies: FragmentReplies): number {
    let bound = MAX_ADDITION;
    for (let i = 0; i < replies.count; i++) bound += replies.end(i) - replies.start(i);
    return bound;
  }

  merge(spec: RespCommandSpec, replies: FragmentReplies, out: Uint8Array, at: number): number {
    for (let i = 0; i < replies.count; i++) {
      if (replies.replyClass(i) !== ReplyClass.ok) return mergeErrors(spec, replies, i, out, at);
    }
    switch (spec.merge) {
      case MergeKind.array:
        return this.mergeArrays(replies, out, at);
      case MergeKind.sum:
        return mergeSums(replies, out, at);
      case MergeKind.first:
        return takeFirst(replies, out, at);
      case MergeKind.concatenation:
        return concatenate(replies, out, at);
      case MergeKind.any:
        return chooseOne(replies, out, at);
      default:
        return WRONG_FORM;
    }
  }

  private mergeArrays(replies: FragmentReplies, out: Uint8Array, at: number): number {
    if (!this.openArrays(replies)) return WRONG_FORM;
    const { cursors } = this;
    let to = writeLengthLine(ASTERISK, replies.keyCount, out, at);
    let key = 0;
    while (key < replies.keyCount) {
      const fragment = replies.fragmentOf(key);
      const bytes = replies.bytes(fragment);
      const start = cursors[fragment];
      let end = start;
      // Elements that stand side by side here and there are one copy: the call costs more than the bytes.
      do {
        end = this.elementEnd(bytes, end, replies.end(fragment));
        if (end === WRONG_FORM) return WRONG_FORM;
      } while (++key < replies.keyCount && replies.fragmentOf(key) === fragment);
      to = copyBytes(bytes, start, end, out, to);
      cursors[fragment] = end;
    }
    for (let i = 0; i < replies.count; i++) {
      if (cursors[i] !== replies.end(i)) return WRONG_FORM;
    }
    return to;
  }

  /** Sets each cursor to the first element. */
  private openArrays(replies: FragmentReplies): boolean {
    if (replies.count > this.cursors.length) this.cursors = new Uint32Array(2 * replies.count);
    for (let i = 0; i < replies.count; i++) {
      const bytes = replies.bytes(i);
      const start = replyStart(replies, i);
      if (bytes[start] !== ASTERISK || this.line.read(bytes, start + 1, replies.end(i)) < 0) return false;
      this.cursors[i] = this.line.next;
    }
    return true;
  }

  private elementEnd(bytes: Uint8Array, start: number, end: number): number {
    if (start === end) return WRONG_FORM;
    if (bytes[start] !== DOLLAR) return bytes[start] === UNDERSCORE ? start + NULL_LENGTH : WRONG_FORM;
    const length = this.line.read(bytes, start + 1, end);
    if (length === LENGTH_NIL) return this.line.next;
    return length < 0 ? WRONG_FORM : this.line.next + length + 2;
  }
}

/** The first error, and for a write that reached some of the servers how many they are. */
function mergeErrors(
  spec: RespCommandSpec,
  replies: FragmentReplies,
  first: number,
  out: Uint8Array,
  at: number,
): number {
  let applied = 0;
  for (let i = 0; i < replies.count; i++) if (replies.replyClass(i) === ReplyClass.ok) applied++;
  const partly = !spec.readonly && applied > 0;
  const note = partly ? ` (applied on ${applied} of ${replies.count} shards)` : '';
  const ending = ascii(`${note}\r\n`);
  const bytes = replies.bytes(first);
  const start = replyStart(replies, first);
  const text = errorTextStart(bytes, start, replies.end(first));
  const textEnd = replies.end(first) - 2;
  const toText =
    bytes[start] === EXCLAMATION
      ? writeLengthLine(EXCLAMATION, textEnd - text + note.length, out, at)
      : copyBytes(bytes, start, text, out, at);
  const toEnding = copyBytes(bytes, text, textEnd, out, toText);
  return copyBytes(ending, 0, ending.length, out, toEnding);
}
