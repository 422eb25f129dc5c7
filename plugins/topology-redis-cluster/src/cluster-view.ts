import type { SlotRange } from '@shardmux/plugin-api';
import type { Address } from './address.js';

/** The cluster, as one of its servers sees it. */
export interface ClusterView {
  /** Who was asked. */
  readonly from: Address;
  /** Whether it sees most primaries, and whether every slot has a server. One that is cut off says no after a while. */
  readonly isUp: boolean;
  /** Grows with every change of a slot's owner. */
  readonly epoch: number;
  /** Those without slots too: keys may be on their way to them. */
  readonly shards: readonly ShardView[];
}

export interface ShardView {
  readonly slots: readonly SlotRange[];
  readonly primary: MemberView;
  readonly replicas: readonly MemberView[];
}

export interface MemberView {
  readonly id: string;
  readonly address: Address;
  /** False: it has failed, or has no copy yet. */
  readonly isOnline: boolean;
}

export function hasSlots({ shards }: ClusterView): boolean {
  return shards.some(({ slots }) => slots.length > 0);
}

/** Whether two see every slot at the same primary. */
export function agree(one: ClusterView, other: ClusterView): boolean {
  return placesOf(one) === placesOf(other);
}

function placesOf({ shards }: ClusterView): string {
  const owners = shards.filter(({ slots }) => slots.length > 0);
  const places = owners.map(({ slots, primary }) => JSON.stringify([primary.id, slots]));
  return places.sort().join();
}
