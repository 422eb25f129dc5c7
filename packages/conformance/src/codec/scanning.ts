import type { Breach } from '../conformance-error.js';
import type { Finding, Scanner } from './scanner.js';
import { show } from './subject.js';

/** What both kinds of scanner promise, of samples of their kind. */
export interface Scanning {
  readonly create: () => Scanner;
  /** Each is one whole command or reply. */
  readonly whole: readonly Uint8Array[];
  readonly malformed: readonly Uint8Array[];
  readonly breach: Breach;
}

/** What may lie behind the end, beside the rest of the sample. */
const TAILS = [0x00, 0xff, 0x0a, 0x0d, 0x20, 0x30].map((byte) => Buffer.alloc(64, byte));

export function findsWhole({ create, whole, breach }: Scanning): void {
  for (const sample of whole) {
    const finding = scan(create(), sample, sample.length);
    if (finding.status !== 'whole' || finding.next !== sample.length) {
      breach(`${show(sample)} is ${describe(finding)}`);
    }
  }
}

/** Cut in two at every place, and in as many pieces as it has bytes. */
export function resumesAnywhere({ create, whole, breach }: Scanning): void {
  for (const sample of whole) {
    const expected = scan(create(), sample, sample.length);
    const patient = create();
    for (const length of lengthsBelow(sample.length)) {
      const scanner = create();
      for (const early of [scan(scanner, sample, length), scan(patient, sample, length)]) {
        if (early.status === 'incomplete') continue;
        breach(`the first ${length} bytes of ${show(sample)} are ${describe(early)}`);
      }
      const late = scan(scanner, sample, sample.length);
      if (!areSame(late, expected)) {
        breach(`cut at ${length}, ${show(sample)} is ${describe(late)}, not ${describe(expected)}`);
      }
    }
    const late = scan(patient, sample, sample.length);
    if (!areSame(late, expected)) {
      breach(`in many pieces, ${show(sample)} is ${describe(late)}, not ${describe(expected)}`);
    }
  }
}

export function expectsNoMore({ create, whole, breach }: Scanning): void {
  for (const sample of whole) {
    const scanner = create();
    for (const length of lengthsBelow(sample.length)) {
      const finding = scan(scanner, sample, length);
      if (finding.status !== 'incomplete') continue;
      const { expected } = finding;
      if (!(expected <= sample.length))
        breach(`after ${length} bytes of ${show(sample)} it expects ${expected}`);
    }
  }
}

export function stopsAtEnd({ create, whole, breach }: Scanning): void {
  for (const sample of whole) {
    for (const length of [...lengthsBelow(sample.length), sample.length]) {
      const expected = scan(create(), sample, length);
      for (const tail of [sample.subarray(length), ...TAILS]) {
        const bytes = Buffer.concat([sample.subarray(0, length), tail, tail]);
        const finding = create().scan(bytes, 0, length);
        if (areSame(finding, expected)) continue;
        const what = `${length} bytes of ${show(sample)} before ${show(tail)}`;
        breach(`${what} are ${describe(finding)}, not ${describe(expected)}`);
      }
    }
  }
}

export function findsOneByOne({ create, whole, breach }: Scanning): void {
  const run = Buffer.concat(whole);
  const scanner = create();
  let at = 0;
  for (const sample of whole) {
    const expected = scan(create(), sample, sample.length);
    const finding = from(at, scanner.scan(run, at, run.length));
    if (!areSame(finding, expected)) {
      breach(`behind others, ${show(sample)} is ${describe(finding)}, not ${describe(expected)}`);
    }
    at += sample.length;
  }
}

export function refusesMalformed({ create, malformed, breach }: Scanning): void {
  for (const sample of malformed) {
    const finding = scan(create(), sample, sample.length);
    if (finding.status !== 'malformed') breach(`${show(sample)} is ${describe(finding)}`);
    const patient = create();
    const pieces = [...lengthsBelow(sample.length), sample.length];
    for (const length of pieces) {
      const { status } = scan(patient, sample, length);
      if (status === 'malformed') break;
      if (status === 'whole' || length === sample.length)
        breach(`in many pieces, ${show(sample)} is ${status}`);
    }
  }
}

/** Two of them take pieces by turns, and the one that began last ends first. */
export function keepsApart({ create, whole, breach }: Scanning): void {
  whole.forEach((sample, i) => {
    const pair = [sample, whole[(i + 1) % whole.length]].map((bytes) => ({
      bytes,
      expected: scan(create(), bytes, bytes.length),
      scanner: create(),
    }));
    for (const length of lengthsBelow(Math.max(...pair.map(({ bytes }) => bytes.length)))) {
      for (const { bytes, scanner } of pair) if (length < bytes.length) scan(scanner, bytes, length);
    }
    for (const { bytes, expected, scanner } of pair.reverse()) {
      const finding = scan(scanner, bytes, bytes.length);
      if (areSame(finding, expected)) continue;
      breach(`beside another, ${show(bytes)} is ${describe(finding)}, not ${describe(expected)}`);
    }
  });
}

export function leavesBytes({ create, whole, breach }: Scanning): void {
  for (const sample of whole) {
    const bytes = Buffer.from(sample);
    create().scan(bytes, 0, bytes.length);
    if (!bytes.equals(sample)) breach(`${show(sample)} became ${show(bytes)}`);
  }
}

const FILLER = 0xa5;

/** The first bytes of a sample: each time in other memory, and by turns at another place of it. */
function scan(scanner: Scanner, sample: Uint8Array, length: number): Finding {
  const start = length % 2 === 0 ? 0 : 7;
  const bytes = Buffer.alloc(start + length, FILLER);
  bytes.set(sample.subarray(0, length), start);
  return from(start, scanner.scan(bytes, start, bytes.length));
}

/** The finding as if what was looked at began at 0. */
function from(start: number, finding: Finding): Finding {
  return finding.status === 'whole' ? { ...finding, next: finding.next - start } : finding;
}

/** How many lengths are tried near either end of a long sample, and about how many between them. */
const EDGE = 200;

/** All lengths of the beginning of a short sample, and enough of a long one's. */
function lengthsBelow(length: number): number[] {
  const all = Array.from({ length: Math.max(length - 1, 0) }, (_, i) => i + 1);
  if (length <= 2 * EDGE) return all;
  const step = Math.ceil(length / EDGE);
  return all.filter((each) => each < EDGE || each >= length - EDGE || each % step === 0);
}

function areSame(one: Finding, other: Finding): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function describe(finding: Finding): string {
  if (finding.status === 'malformed') return finding.status;
  if (finding.status === 'incomplete') return `incomplete, with ${finding.expected} bytes expected`;
  return `${finding.next} bytes: ${finding.content.slice(0, 200)}`;
}
