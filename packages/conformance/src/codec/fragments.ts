import {
  DecodeStatus,
  type FragmentReplies,
  Handling,
  ReplyClass,
  type RequestDecoder,
} from '@shardmux/plugin-api';
import type { SampleSplit } from './codec-samples.js';
import { keysOf, type Subject, show, showCall } from './subject.js';

/** Which fragment each of so many keys goes to: always all that are named. */
const ASSIGNMENTS: readonly ((key: number, keys: number) => number)[] = [
  (key) => key % 2,
  (key) => (key === 0 ? 0 : 1),
  (key, keys) => (key === keys - 1 ? 0 : 1),
  (key, keys) => keys - 1 - key,
];

/** A split command whose keys are dealt out. */
interface Deal {
  readonly split: SampleSplit;
  readonly decoder: RequestDecoder;
  /** Per key. */
  readonly fragments: readonly number[];
  readonly count: number;
}

/** Each split command in turn, with its keys dealt out in several ways. */
function forEachDeal(subject: Subject, prove: (deal: Deal) => void): void {
  for (const split of subject.samples.splits) {
    for (const assign of ASSIGNMENTS) {
      const decoder = subject.decode(subject.encode(split));
      const fragments = split.keys.map((_, key) => assign(key, split.keys.length));
      prove({ split, decoder, fragments, count: Math.max(...fragments) + 1 });
    }
  }
}

function keysIn({ split, fragments }: Deal, fragment: number): string[] {
  return split.keys.filter((_, key) => fragments[key] === fragment);
}

/** What the engine sends to a fragment's server. */
function fragmentOf({ codec }: Subject, { decoder, fragments }: Deal, fragment: number): Buffer {
  const { splitter } = codec;
  const keys = [...fragments.keys()].filter((key) => fragments[key] === fragment);
  const head = Buffer.alloc(splitter.headLength(decoder.spec, keys.length));
  splitter.writeHead(decoder.spec, keys.length, head, 0);
  const parts = keys.map((key) =>
    decoder.bytes.subarray(splitter.partStart(decoder, key), splitter.partEnd(decoder, key)),
  );
  return Buffer.concat([head, ...parts]);
}

export function maySplit(subject: Subject): void {
  for (const split of subject.samples.splits) {
    const { handling } = subject.decode(subject.encode(split));
    if (handling !== Handling.split) subject.breach(`${showCall(split)} has the handling ${handling}`);
  }
}

export function cutsIntoCommands(subject: Subject): void {
  forEachDeal(subject, (deal) => {
    for (let i = 0; i < deal.count; i++) {
      const request = fragmentOf(subject, deal, i);
      const fault = `${showCall(deal.split)} is cut into ${show(request)}`;
      const fragment = subject.createDecoder();
      const status = fragment.decode(request, 0, request.length);
      if (status !== DecodeStatus.command || fragment.consumed !== request.length) {
        subject.breach(`${fault}, which is not one whole command`);
      }
      if (fragment.spec !== deal.decoder.spec) subject.breach(`${fault}, which is another command`);
      const keys = keysOf(fragment).map(String);
      if (`${keys}` !== `${keysIn(deal, i)}`) subject.breach(`${fault}, which has the keys ${keys}`);
    }
  });
}

/** Room before and behind the place where something is to be written. */
const MARGIN = 64;

/** Written over two kinds of filler, so that a byte that is left out shows. */
export function writesHeads(subject: Subject): void {
  const { splitter } = subject.codec;
  for (const split of subject.samples.splits) {
    const { spec } = subject.decode(subject.encode(split));
    for (let parts = 1; parts <= split.keys.length; parts++) {
      const length = splitter.headLength(spec, parts);
      const [one, other] = [0x00, 0xff].map((filler) => {
        const out = Buffer.alloc(MARGIN + length + MARGIN, filler);
        splitter.writeHead(spec, parts, out, MARGIN);
        if (!isUntouched(out, length, filler))
          subject.breach(`a head of ${split.name} is more than ${length} bytes`);
        return out.subarray(MARGIN, MARGIN + length);
      });
      if (!one.equals(other)) subject.breach(`a head of ${split.name} is less than ${length} bytes`);
    }
  }
}

/** Whether nothing was written but `length` bytes in the middle. */
function isUntouched(out: Buffer, length: number, filler: number): boolean {
  const around = Buffer.concat([out.subarray(0, MARGIN), out.subarray(MARGIN + length)]);
  return around.every((byte) => byte === filler);
}

/** Replies as they lie in the buffers of several links. */
class Replies implements FragmentReplies {
  readonly #replies: readonly { readonly bytes: Buffer; readonly replyClass: number }[];
  readonly #fragments: readonly number[];

  constructor(subject: Subject, { fragments }: Deal, replies: readonly Uint8Array[]) {
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

/** What servers send when all goes well. */
function goodReplies(deal: Deal): Uint8Array[] {
  return Array.from({ length: deal.count }, (_, fragment) => deal.split.reply(keysIn(deal, fragment)));
}

/** The merged reply; empty where the merger finds a reply not to be of the right form. */
function merge(subject: Subject, deal: Deal, replies: readonly Uint8Array[]): Buffer {
  const { merger } = subject.codec;
  const given = new Replies(subject, deal, replies);
  const out = Buffer.alloc(MARGIN + merger.mergedBound(deal.decoder.spec, given));
  return out.subarray(MARGIN, Math.max(MARGIN, merger.merge(deal.decoder.spec, given, out, MARGIN)));
}

export function mergesReplies(subject: Subject): void {
  forEachDeal(subject, (deal) => {
    const merged = merge(subject, deal, goodReplies(deal));
    const expected = deal.split.reply(deal.split.keys);
    if (merged.equals(expected)) return;
    subject.breach(`${showCall(deal.split)}, by fragments ${deal.fragments}, is answered ${show(merged)}`);
  });
}

export function mergesErrors(subject: Subject): void {
  const errors = subject.samples.replies.filter(({ replyClass }) => replyClass !== ReplyClass.ok);
  forEachDeal(subject, (deal) => {
    for (const { bytes: error } of errors) {
      for (let fragment = 0; fragment < deal.count; fragment++) {
        const replies = goodReplies(deal).with(fragment, error);
        const merged = merge(subject, deal, replies);
        if (subject.frame(merged) === ReplyClass.ok) {
          subject.breach(`${show(error)} to a part of ${deal.split.name} is passed over: ${show(merged)}`);
        }
      }
    }
  });
}

export function staysInMergedBound(subject: Subject): void {
  const { merger } = subject.codec;
  forEachDeal(subject, (deal) => {
    const replies = new Replies(subject, deal, goodReplies(deal));
    const bound = merger.mergedBound(deal.decoder.spec, replies);
    const out = Buffer.alloc(MARGIN + bound + MARGIN, 0xff);
    const length = merger.merge(deal.decoder.spec, replies, out, MARGIN) - MARGIN;
    if (!(length <= bound)) subject.breach(`a reply of ${length} bytes, the bound being ${bound}`);
    if (!isUntouched(out, bound, 0xff)) subject.breach('the reply is written beside its place');
  });
}

export function mergesAlike(subject: Subject): void {
  const merged: { readonly deal: Deal; readonly first: Buffer }[] = [];
  forEachDeal(subject, (deal) => merged.push({ deal, first: merge(subject, deal, goodReplies(deal)) }));
  for (const { deal, first } of merged.reverse()) {
    const again = merge(subject, deal, goodReplies(deal));
    if (again.equals(first)) continue;
    subject.breach(`${showCall(deal.split)} is answered ${show(first)} at first, then ${show(again)}`);
  }
}
