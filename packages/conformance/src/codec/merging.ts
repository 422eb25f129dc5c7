import { type CommandSpec, type FragmentReplies, Handling, ReplyClass } from '@shardmux/plugin-api';
import { forEachDeal, keysIn } from './fragments.js';
import { isUntouched, MARGIN } from './margin.js';
import { type Subject, show, showCall } from './subject.js';

/** The replies of several servers, and the one that they are to become. */
interface Merging {
  /** For errors. */
  readonly what: string;
  readonly spec: CommandSpec;
  /** Which of the replies each key of the command has its part in; none where every server got the whole of it. */
  readonly fragments: readonly number[];
  readonly replies: readonly Uint8Array[];
  readonly expected: Uint8Array;
}

/** Those of split commands, whose keys are dealt out in several ways, and of commands for every server. */
function mergingsOf(subject: Subject): Merging[] {
  const mergings: Merging[] = [];
  forEachDeal(subject, (deal) => {
    const { split, decoder, fragments, count } = deal;
    mergings.push({
      what: `${showCall(split)}, by fragments ${fragments},`,
      spec: decoder.spec,
      fragments,
      replies: Array.from({ length: count }, (_, fragment) => split.reply(keysIn(deal, fragment))),
      expected: split.reply(split.keys),
    });
  });
  for (const broadcast of subject.broadcasts) {
    const { spec } = subject.decode(subject.encode(broadcast));
    const { replies, merged: expected } = broadcast;
    mergings.push({ what: showCall(broadcast), spec, fragments: [], replies, expected });
  }
  return mergings;
}

export function mayBroadcast(subject: Subject): void {
  for (const broadcast of subject.broadcasts) {
    const { handling, keyCount } = subject.decode(subject.encode(broadcast));
    if (handling !== Handling.allNodes) subject.breach(`${showCall(broadcast)} has the handling ${handling}`);
    if (keyCount !== 0) subject.breach(`${showCall(broadcast)} has ${keyCount} keys`);
  }
}

/** Replies as they lie in the buffers of several links. */
class Replies implements FragmentReplies {
  readonly #replies: readonly { readonly bytes: Buffer; readonly replyClass: number }[];
  readonly #fragments: readonly number[];

  constructor(subject: Subject, { fragments }: Merging, replies: readonly Uint8Array[]) {
    const around = Buffer.alloc(MARGIN, 0x30);
    this.#fragments = fragments;
    this.#replies = replies.map((reply) => ({
      bytes: Buffer.concat([around, reply, around]),
      replyClass: subject.frame(reply),
    }));
  }

  get count(): number {
    return this.#replies.length;
  }

  get keyCount(): number {
    return this.#fragments.length;
  }

  bytes(fragment: number): Uint8Array {
    return this.#replies[fragment].bytes;
  }

  start(): number {
    return MARGIN;
  }

  end(fragment: number): number {
    return this.#replies[fragment].bytes.length - MARGIN;
  }

  replyClass(fragment: number): number {
    return this.#replies[fragment].replyClass;
  }

  fragmentOf(key: number): number {
    return this.#fragments[key];
  }
}

/** The merged reply; empty where the merger finds a reply not to be of the right form. */
function merge(subject: Subject, merging: Merging, replies = merging.replies): Buffer {
  const { merger } = subject.codec;
  const given = new Replies(subject, merging, replies);
  const out = Buffer.alloc(MARGIN + merger.mergedBound(merging.spec, given));
  return out.subarray(MARGIN, Math.max(MARGIN, merger.merge(merging.spec, given, out, MARGIN)));
}

export function mergesReplies(subject: Subject): void {
  for (const merging of mergingsOf(subject)) {
    const merged = merge(subject, merging);
    if (!merged.equals(merging.expected)) subject.breach(`${merging.what} is answered ${show(merged)}`);
  }
}

export function mergesErrors(subject: Subject): void {
  const errors = subject.samples.replies.filter(({ replyClass }) => replyClass !== ReplyClass.ok);
  for (const merging of mergingsOf(subject)) {
    for (const { bytes: error } of errors) {
      for (let fragment = 0; fragment < merging.replies.length; fragment++) {
        const merged = merge(subject, merging, merging.replies.with(fragment, error));
        if (subject.frame(merged) === ReplyClass.ok) {
          subject.breach(`${show(error)} to a part of ${merging.spec.name} is passed over: ${show(merged)}`);
        }
      }
    }
  }
}

export function staysInMergedBound(subject: Subject): void {
  const { merger } = subject.codec;
  for (const merging of mergingsOf(subject)) {
    const replies = new Replies(subject, merging, merging.replies);
    const bound = merger.mergedBound(merging.spec, replies);
    const out = Buffer.alloc(MARGIN + bound + MARGIN, 0xff);
    const length = merger.merge(merging.spec, replies, out, MARGIN) - MARGIN;
    if (!(length <= bound)) subject.breach(`a reply of ${length} bytes, the bound being ${bound}`);
    if (!isUntouched(out, bound, 0xff)) subject.breach('the reply is written beside its place');
  }
}

export function mergesAlike(subject: Subject): void {
  const merged = mergingsOf(subject).map((merging) => ({ merging, first: merge(subject, merging) }));
  for (const { merging, first } of merged.reverse()) {
    const again = merge(subject, merging);
    if (again.equals(first)) continue;
    subject.breach(`${merging.what} is answered ${show(first)} at first, then ${show(again)}`);
  }
}
