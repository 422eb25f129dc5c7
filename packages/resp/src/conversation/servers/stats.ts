/** Replies that are maps of numbers by name, some of them maps again: MEMORY STATS, LATENCY HISTOGRAM. */
import { readWhole } from '../../reply/whole-reply.js';
import type { Protocol } from '../replies.js';

export type Stats = Map<string | number, number | string | Stats>;

/** No sum tells it: of a ratio, which is a double, and of what is one but is rounded, the mean is taken. */
const RATIO = /percentage$|ratio$|^fragmentation$/;
const ROUNDED_RATIO = /per-key$/;
/** How many samples took up to so long, by how long. */
const HISTOGRAM = 'histogram_usec';

export function mergeStats(replies: readonly Buffer[]): Stats {
  return merged(replies.map((reply) => readWhole(reply)));
}

function merged(maps: readonly unknown[]): Stats {
  const valuesOf = new Map<string, unknown[]>();
  for (const [name, value] of maps.flatMap(entriesOf)) {
    const values = valuesOf.get(name);
    if (values === undefined) valuesOf.set(name, [value]);
    else values.push(value);
  }
  return new Map(Array.from(valuesOf, ([name, values]) => [name, together(name, values)]));
}

/** @param map an object, or keys and values in turn, as RESP2 has it. */
function entriesOf(map: unknown): [name: string, value: unknown][] {
  if (!Array.isArray(map)) return Object.entries(map as object);
  return Array.from({ length: map.length / 2 }, (_, i) => [String(map[2 * i]), map[2 * i + 1]]);
}

function together(name: string, values: readonly unknown[]): number | string | Stats {
  if (name === HISTOGRAM) return sumOfHistograms(values);
  if (typeof values[0] === 'object') return merged(values);
  const sum = values.reduce<number>((total, value) => total + Number(value), 0);
  if (RATIO.test(name)) return String(sum / values.length);
  return ROUNDED_RATIO.test(name) ? Math.round(sum / values.length) : sum;
}

/** They are cumulative, and say nothing of a bound where nothing is between it and the one before. */
function sumOfHistograms(all: readonly unknown[]): Stats {
  const histograms = all.map((each) =>
    entriesOf(each).map(([bound, count]) => [Number(bound), Number(count)]),
  );
  const bounds = new Set(histograms.flatMap((each) => each.map(([bound]) => bound)));
  const countUpTo = (bound: number) =>
    histograms.reduce((sum, each) => sum + (each.findLast(([own]) => own <= bound)?.[1] ?? 0), 0);
  return new Map([...bounds].sort((a, b) => a - b).map((bound) => [bound, countUpTo(bound)]));
}

export function writeStats(stats: Stats, protocol: Protocol): Uint8Array {
  return Buffer.from(mapOf(stats, protocol));
}

function mapOf(stats: Stats, protocol: Protocol): string {
  const head = protocol === 3 ? `%${stats.size}` : `*${2 * stats.size}`;
  const entries = Array.from(
    stats,
    ([name, value]) =>
      `${typeof name === 'number' ? `:${name}` : bulkOf(name)}\r\n${textOf(value, protocol)}`,
  );
  return `${head}\r\n${entries.join('')}`;
}

function textOf(value: number | string | Stats, protocol: Protocol): string {
  if (typeof value === 'number') return `:${value}\r\n`;
  if (typeof value !== 'string') return mapOf(value, protocol);
  return protocol === 3 ? `,${value}\r\n` : `${bulkOf(value)}\r\n`;
}

function bulkOf(text: string): string {
  return `$${Buffer.byteLength(text)}\r\n${text}`;
}
