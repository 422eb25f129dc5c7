/** What a server says of its part in the replication of a shard. */
export interface ReplicationState {
  readonly role: 'primary' | 'replica';
  /** Offsets of two servers can be compared where they are of one history. */
  readonly history: string;
  /** The one that its own goes on from, at the same offsets: that of the primary it took over from. */
  readonly formerHistory: string | null;
  /** How much of its history it has: what a replica counts, it shows to readers. */
  readonly offset: number;
  /** Of a replica: it hears its primary, and is not about to get its whole data anew. */
  readonly isFollowing: boolean;
  /** Of a replica: where it has its data from, as it knows the address; `null` of a primary. */
  readonly source: { readonly host: string; readonly port: number } | null;
  /** Of a replica: for how long it has not heard its primary, in ms, to a second; `Infinity` where it never has. */
  readonly lostFor: number;
  /** Of a replica: the operator lets it become a primary, and it has all its data. */
  readonly mayLead: boolean;
}

/** What is sent to a server to change its part, and how many replies that has. Later requests of it may fail. */
export interface RoleChange {
  readonly request: Uint8Array;
  readonly replies: number;
}

/** How a server is asked for it, and told. */
export interface Replication {
  /** Has one reply, and is answered by a server that loads its data as well. */
  readonly question: Uint8Array;
  /** @returns `null` where the reply `bytes[start, end)` does not say. */
  read(bytes: Uint8Array, start: number, end: number): ReplicationState | null;
  /** Makes a replica a primary. */
  readonly lead: RoleChange;
  /** Makes a server the replica of another one. */
  follow(host: string, port: number): RoleChange;
  /** As `follow`, and closes the connections of all who take it for a primary. */
  demote(host: string, port: number): RoleChange;
}
