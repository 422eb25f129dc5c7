/** One server of a shard that may be read from just now. */
export interface ReadableServer {
  readonly name: string;
  readonly isPrimary: boolean;
  /** It stands in the pool's own zone. */
  readonly isNear: boolean;
  /** From a question to its answer, in ms, on the average of late; `Infinity` of a primary that does not answer. */
  readonly latency: number;
}

/** Says which servers of a shard are read from. Writes go to the primary in any case. Experimental. */
export interface ReadPolicy {
  /** Whether it ever chooses a replica. False: none is connected to, and reads cost what writes do. */
  readonly usesReplicas: boolean;
  /**
   * Whether a session finds what it has written: its reads go to the primary as long as none of the chosen servers is
   * known to have it.
   */
  readonly followsWrites: boolean;
  /**
   * Those that sessions are spread over, each of which keeps to one as long as the answer is the same; none: reads are
   * refused. Pure and synchronous. Asked whenever a server was looked at, not for each request.
   *
   * @param servers the primary, and the replicas that are fit to be read from, in no particular order.
   */
  choose(servers: readonly ReadableServer[]): readonly ReadableServer[];
}
