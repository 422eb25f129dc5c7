import type { SlotRange } from '@shardmux/plugin-api';
import type { Address } from './address.js';
import type { MemberView, ShardView } from './cluster-view.js';

/*
 * What CLUSTER INFO, SHARDS and SLOTS answer in RESP2. A reply of another form ends in a TypeError, and whoever gave
 * it counts as one that does not answer.
 */

/** Where a server is that announces itself so. */
export type Resolve = (host: string, port: number) => Address;

/** A field of CLUSTER INFO; empty where there is none. */
export function infoField(reply: unknown, name: string): string {
  return new RegExp(`^${name}:(\\S*)`, 'm').exec(String(reply))?.[1] ?? '';
}

/** @param isSecure whether it is the ports for TLS that count. */
export function parseShards(reply: unknown, isSecure: boolean, resolve: Resolve): ShardView[] {
  return list(reply).flatMap((item) => {
    const shard = record(item);
    const slots = parseRanges(list(shard.get('slots')));
    const members = list(shard.get('nodes')).map(record);
    const views = (role: string) =>
      members
        .filter((member) => member.get('role') === role)
        .map((each) => parseMember(each, isSecure, resolve));
    const primaries = views('master');
    // One that failed may stand beside the one that follows it.
    const primary = primaries.find(({ isOnline }) => isOnline) ?? primaries[0];
    // One that failed and was replaced stands there by itself.
    const isGone = primary === undefined || (slots.length === 0 && !primary.isOnline);
    if (isGone) return [];
    return [{ slots, primary, replicas: views('replica') }];
  });
}

function parseMember(member: ReadonlyMap<unknown, unknown>, isSecure: boolean, resolve: Resolve): MemberView {
  const [first, second] = isSecure ? ['tls-port', 'port'] : ['port', 'tls-port'];
  const port = Number(member.get(first) ?? member.get(second));
  return {
    id: String(member.get('id')),
    address: resolve(String(member.get('endpoint') ?? ''), port),
    isOnline: member.get('health') === 'online',
  };
}

/** Releases before 7.0 have nothing else. Replicas that failed are left out of it. */
export function parseSlots(reply: unknown, resolve: Resolve): ShardView[] {
  const shards = new Map<string, ShardView & { readonly slots: SlotRange[] }>();
  for (const [first, last, ...servers] of list(reply).map(list)) {
    const [primary, ...replicas] = servers.map(list).map(([host, port, id]): MemberView => {
      return { id: String(id), address: resolve(String(host ?? ''), Number(port)), isOnline: true };
    });
    const shard = shards.get(primary.id) ?? { slots: [], primary, replicas };
    shard.slots.push({ first: Number(first), last: Number(last) });
    shards.set(primary.id, shard);
  }
  return [...shards.values()];
}

/** @param edges the first and the last slot of each range in turn. */
function parseRanges(edges: readonly unknown[]): SlotRange[] {
  return edges.flatMap((first, i) =>
    i % 2 === 0 ? [{ first: Number(first), last: Number(edges[i + 1]) }] : [],
  );
}

/** A map of RESP2: keys and values in turn. */
function record(value: unknown): ReadonlyMap<unknown, unknown> {
  const items = list(value);
  return new Map(items.flatMap((key, i) => (i % 2 === 0 ? [[key, items[i + 1]]] : [])));
}

function list(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new TypeError(`it answers ${JSON.stringify(value)}, and no list`);
  return value;
}
