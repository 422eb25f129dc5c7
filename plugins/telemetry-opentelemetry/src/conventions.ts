import type { MetricOptions } from '@opentelemetry/api';

/*
 * Names of OpenTelemetry's semantic conventions for database clients, and of their supplement for Redis:
 * https://opentelemetry.io/docs/specs/semconv/db/. Those that begin with `shardmux` are our own.
 */

export const Attribute = {
  system: 'db.system.name',
  namespace: 'db.namespace',
  operation: 'db.operation.name',
  batchSize: 'db.operation.batch.size',
  statusCode: 'db.response.status_code',
  errorType: 'error.type',
  serverAddress: 'server.address',
  serverPort: 'server.port',
  pool: 'db.client.connection.pool.name',
  connectionState: 'db.client.connection.state',
  /** How many keys a fragment has. */
  fragmentKeys: 'shardmux.fragment.keys',
} as const;

/** What a metric is called, and all else that is said when it is made. */
export interface MetricDefinition extends MetricOptions {
  readonly name: string;
  readonly description: string;
  readonly unit: string;
}

/** A duration in seconds, in the buckets that the conventions name. */
export interface DurationDefinition extends MetricDefinition {
  readonly advice: { readonly explicitBucketBoundaries: number[] };
}

export const operationDuration: DurationDefinition = {
  name: 'db.client.operation.duration',
  description: 'Duration of database client operations.',
  unit: 's',
  advice: { explicitBucketBoundaries: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10] },
};

export const connectionCreateTime: DurationDefinition = {
  name: 'db.client.connection.create_time',
  description: 'The time it took to create a new connection.',
  unit: 's',
  advice: { explicitBucketBoundaries: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10] },
};

export const connectionTimeouts: MetricDefinition = {
  name: 'db.client.connection.timeouts',
  description: 'The number of connections to a server that could not be made in time.',
  unit: '{timeout}',
};

export const connectionCount: MetricDefinition = {
  name: 'db.client.connection.count',
  description: 'The number of connections that are open.',
  unit: '{connection}',
};

export const pendingRequests: MetricDefinition = {
  name: 'db.client.connection.pending_requests',
  description: 'The number of requests that wait to be written.',
  unit: '{request}',
};

export const requestsInFlight: MetricDefinition = {
  name: 'shardmux.server.requests_in_flight',
  description: 'The number of requests that were written and wait for their reply.',
  unit: '{request}',
};

export const serverAvailable: MetricDefinition = {
  name: 'shardmux.server.available',
  description: '1 where the server is in service, 0 where it is ejected.',
  unit: '1',
};
