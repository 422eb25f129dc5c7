/**
 * INFO of several servers as that of one.
 *
 *   connected_clients:3 ┐                        db0:keys=2,expires=0,avg_ttl=0    ┐
 *   connected_clients:4 ┴► connected_clients:7   db0:keys=1,expires=1,avg_ttl=500  ┴► db0:keys=3,expires=1,avg_ttl=500
 *
 * What counts or measures is added up, what is a state is the greatest of all (`loading`), a mean is weighed; of all
 * else, a version for instance, the first server speaks for the others. Percentiles are left out: no sum tells them.
 */
import { FailureError } from '@shardmux/plugin-api';

const SUMMED =
  /^(total_|instantaneous_|used_memory(_rss|_peak|_overhead|_startup|_dataset|_lua|_vm_\w+|_scripts\w*|_functions)?$|used_cpu_|mem_|keyspace_|expired_|evicted_|active_defrag_|tracking_|pubsub_|pubsubshard_|io_threaded_|sync_|dump_payload_|acl_access_|number_of_|clients_in_timeout_table$|connected_|blocked_clients$|rejected_connections$|unexpected_error_replies$|reply_buffer_|slave_expires_|migrate_cached_|lazyfree|current_\w+_(buckets|keys)|rdb_changes_since_last_save$|rdb_saves$|cluster_connections$)/;
const GREATEST = /^(loading|async_loading|\w+_in_progress|uptime_in_\w+|\w+_longest_\w+|\w+_biggest_\w+)$/;
const LEFT_OUT = /^latency_percentiles_/;
const NUMBER = /^-?\d+(\.\d+)?$/;

/** A bulk, or a verbatim text with its format: `=9…txt:…`. */
const TEXT = /^(?:\$\d+\r\n|=\d+\r\n([\s\S]{3}:))([\s\S]*)\r\n$/;

type Lines = Map<string, string>;

/**
 * @param replies whole ones, of latin1.
 * @param end stands behind the last section.
 * @throws {FailureError} for what is no text.
 */
export function infoOf(replies: readonly string[], end: string): Uint8Array {
  const all: Map<string, Lines>[] = [];
  let format = '';
  for (const reply of replies) {
    const [, itsFormat = '', body] = TEXT.exec(reply) ?? [];
    if (body === undefined) throw new FailureError('garbage');
    format ||= itsFormat;
    all.push(sectionsOf(body));
  }
  const sections = mergeSections(all);
  if (end !== '') sections.push(end);
  const text = format + sections.join('\r\n');
  return Buffer.from(`${format ? '=' : '$'}${text.length}\r\n${text}\r\n`, 'latin1');
}

/** By their headings, each with its lines by their names. */
function sectionsOf(body: string): Map<string, Lines> {
  const sections = new Map<string, Lines>();
  let lines: Lines = new Map();
  for (const line of body.split('\r\n')) {
    if (line.startsWith('# ')) {
      lines = new Map();
      sections.set(line, lines);
    } else if (line.includes(':')) {
      const colon = line.indexOf(':');
      lines.set(line.slice(0, colon), line.slice(colon + 1));
    }
  }
  return sections;
}

function mergeSections(all: readonly Map<string, Lines>[]): string[] {
  return unionOf(all).map((heading) => {
    const parts = all.flatMap((sections) => sections.get(heading) ?? []);
    const lines = unionOf(parts)
      .filter((name) => !LEFT_OUT.test(name))
      .map(
        (name) =>
          `${name}:${mergeValues(
            name,
            parts.flatMap((part) => part.get(name) ?? []),
          )}\r\n`,
      );
    return `${heading}\r\n${lines.join('')}`;
  });
}

function unionOf(maps: readonly Map<string, unknown>[]): string[] {
  return [...new Set(maps.flatMap((map) => [...map.keys()]))];
}

function mergeValues(name: string, values: readonly string[]): string {
  const [first] = values;
  if (/^\w+=/.test(first)) return mergeFields(values);
  if (!values.every((value) => NUMBER.test(value))) return first;
  if (SUMMED.test(name)) return sumOf(values);
  return GREATEST.test(name) ? String(Math.max(...values.map(Number))) : first;
}

/** `calls=2,usec=10,usec_per_call=5.00` */
function mergeFields(values: readonly string[]): string {
  const all = values.map(
    (value) => new Map(value.split(',').map((field) => field.split('=', 2) as [string, string])),
  );
  const sums = new Map(unionOf(all).map((name) => [name, sumOf(all.map((each) => each.get(name) ?? '0'))]));
  const calls = Number(sums.get('calls'));
  if (sums.has('usec_per_call')) {
    sums.set('usec_per_call', (calls === 0 ? 0 : Number(sums.get('usec')) / calls).toFixed(2));
  }
  if (sums.has('avg_ttl')) sums.set('avg_ttl', meanTtlOf(all));
  return Array.from(sums, ([name, sum]) => `${name}=${sum}`).join(',');
}

/** Over the keys that will expire. */
function meanTtlOf(all: readonly ReadonlyMap<string, string>[]): string {
  let expiring = 0;
  let total = 0;
  for (const fields of all) {
    const expires = Number(fields.get('expires'));
    expiring += expires;
    total += expires * Number(fields.get('avg_ttl'));
  }
  return expiring === 0 ? '0' : String(Math.round(total / expiring));
}

/** With as many decimals as the addends have. */
function sumOf(values: readonly string[]): string {
  const decimals = Math.max(...values.map((value) => value.split('.')[1]?.length ?? 0));
  return values.reduce((sum, value) => sum + Number(value), 0).toFixed(decimals);
}
