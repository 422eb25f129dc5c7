/** What a server says of its part in the replication of a shard. */
export interface ReplicationState {
  readonly role: 'primary' | 'replica';
  /** Offsets of two servers can be compared where they are of one history. */
  readonly history: string;
  /** How much of its history it has: what a replica counts, it shows to readers. */
  readonly offset: number;
  /** Of a replica: it hears its primary, and is not about to get its whole data anew. */
  readonly isFollowing: boolean;
}

/** How a server is asked for it. */
export interface Replication {
  /** Has one reply, and is answered by a server that loads its data as well. */
  readonly question: Uint8Array;
  /** @returns `null` where the reply `bytes[start, end)` does not say. */
  read(bytes: Uint8Array, start: number, end: number): ReplicationState | null;
}
