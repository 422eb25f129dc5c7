import { DecodeStatus, Handling, type RequestDecoder } from '@shardmux/plugin-api';
import type { SampleSplit } from './codec-samples.js';
import { isUntouched, MARGIN } from './margin.js';
import { keysOf, type Subject, show, showCall } from './subject.js';

/** Which fragment each of so many keys goes to: always all that are named. */
const ASSIGNMENTS: readonly ((key: number, keys: number) => number)[] = [
  (key) => key % 2,
  (key) => (key === 0 ? 0 : 1),
  (key, keys) => (key === keys - 1 ? 0 : 1),
  (key, keys) => keys - 1 - key,
];

/** A split command whose keys are dealt out. */
export interface Deal {
  readonly split: SampleSplit;
  readonly decoder: RequestDecoder;
  /** Per key. */
  readonly fragments: readonly number[];
  readonly count: number;
}

/** Each split command in turn, with its keys dealt out in several ways. */
export function forEachDeal(subject: Subject, prove: (deal: Deal) => void): void {
  for (const split of subject.samples.splits) {
    for (const assign of ASSIGNMENTS) {
      const decoder = subject.decode(subject.encode(split));
      const fragments = split.keys.map((_, key) => assign(key, split.keys.length));
      prove({ split, decoder, fragments, count: Math.max(...fragments) + 1 });
    }
  }
}

export function keysIn({ split, fragments }: Deal, fragment: number): string[] {
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
