/** What a client asks about all clients of its pool. Plain data: other processes may have some of them. */

import type { ClientState } from '../client-state.js';
import type { RealmState } from '../realm-state.js';
import type { UnblockReason } from './blocked.js';
import { type ClientFilter, matches } from './client-filter.js';
import { type ClientType, clientLine, typeOf } from './client-line.js';

export type ClientOrder =
  /** Answered by the lines of those there are. `null` for all. */
  | { readonly kind: 'list'; readonly type: ClientType | null; readonly ids: readonly number[] | null }
  /** The others are answered by how many clients it concerned. */
  | { readonly kind: 'kill'; readonly filter: ClientFilter }
  | { readonly kind: 'pause'; readonly ms: number; readonly writesOnly: boolean }
  | { readonly kind: 'unpause' }
  | { readonly kind: 'unblock'; readonly id: number; readonly reason: UnblockReason };

/** @param by who asks; `null` where it is in another process. */
export function carryOut(
  realm: RealmState<ClientState>,
  order: ClientOrder,
  by: ClientState | null,
): string | number | Promise<number> {
  switch (order.kind) {
    case 'list':
      return list(realm, order.type, order.ids);
    case 'kill':
      return kill(realm, order.filter, by);
    case 'pause':
      realm.pauseUntil(performance.now() + order.ms, order.writesOnly);
      return realm.conversations.size;
    case 'unpause':
      realm.resume();
      return realm.conversations.size;
    case 'unblock':
      return unblock(realm, order.id, order.reason);
  }
}

function list(
  realm: RealmState<ClientState>,
  type: ClientType | null,
  ids: readonly number[] | null,
): string {
  const { conversations } = realm;
  const listed = ids === null ? [...conversations.values()] : ids.map((id) => conversations.get(id));
  return listed
    .filter((each) => each !== undefined)
    .filter((each) => type === null || typeOf(each) === type)
    .map(clientLine)
    .join('');
}

/** The one that asks gets its reply first. */
function kill(realm: RealmState<ClientState>, filter: ClientFilter, by: ClientState | null): number {
  let killed = 0;
  for (const conversation of realm.conversations.values()) {
    if (!matches(filter, conversation) || (conversation === by && filter.skipMe)) continue;
    killed++;
    if (conversation === by) {
      by.closing = true;
    } else {
      realm.conversations.delete(conversation.id);
      conversation.client.destroy();
    }
  }
  return killed;
}

async function unblock(realm: RealmState<ClientState>, id: number, reason: UnblockReason): Promise<number> {
  const wasBlocked = await realm.conversations.get(id)?.blocked?.unblock(reason);
  return wasBlocked ? 1 : 0;
}

/** What all processes answered, as if they were one. */
export function together(own: string | number, others: readonly unknown[]): string | number {
  if (typeof own === 'number') return others.reduce<number>((sum, each) => sum + Number(each ?? 0), own);
  const lines = [own, ...others].join('').split('\n').slice(0, -1);
  const idOf = (line: string) => Number.parseInt(line.slice('id='.length), 10);
  return lines
    .sort((a, b) => idOf(a) - idOf(b))
    .map((line) => `${line}\n`)
    .join('');
}
