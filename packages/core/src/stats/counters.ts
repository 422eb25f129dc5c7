/**
 * Counters are plain typed arrays: counting is one add, and whoever reads them pays for the reading. The names and
 * their order are Twemproxy's, so that its statistics document can be made from them as they stand.
 */
export const POOL_FIELDS = [
  'client_eof',
  'client_err',
  'client_connections',
  'server_ejects',
  'forward_error',
  'fragments',
] as const;

export const PoolField = {
  clientEof: 0,
  clientErr: 1,
  clientConnections: 2,
  serverEjects: 3,
  forwardError: 4,
  fragments: 5,
} as const;

export const SERVER_FIELDS = [
  'server_eof',
  'server_err',
  'server_timedout',
  'server_connections',
  'server_ejected_at',
  'requests',
  'request_bytes',
  'responses',
  'response_bytes',
  'in_queue',
  'in_queue_bytes',
  'out_queue',
  'out_queue_bytes',
] as const;

export const ServerField = {
  serverEof: 0,
  serverErr: 1,
  serverTimedout: 2,
  serverConnections: 3,
  /** Microseconds since 1970; 0 where it never was. */
  serverEjectedAt: 4,
  requests: 5,
  requestBytes: 6,
  responses: 7,
  responseBytes: 8,
  /** Not sent yet. */
  inQueue: 9,
  inQueueBytes: 10,
  /** Sent, and not answered yet. */
  outQueue: 11,
  outQueueBytes: 12,
} as const;

/** A pool's counters at one moment, in the order of the fields above. */
export interface PoolSnapshot {
  readonly name: string;
  readonly values: readonly number[];
  /** Why its topology is out of reach, or what it says cannot be used; left out while all is well. */
  readonly topologyFault?: string | undefined;
  readonly servers: readonly { readonly name: string; readonly values: readonly number[] }[];
}
