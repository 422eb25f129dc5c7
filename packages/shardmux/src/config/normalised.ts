import type { Endpoint } from '@shardmux/plugin-api';

/**
 * A configuration after it was read: the same form for both dialects, complete, valid, frozen. Plain data, since
 * it is passed to worker processes. Times in ms, sizes in bytes. What each value means, and why it has its
 * default, stands in schema.ts.
 */
export interface Config {
  readonly workers: number;
  readonly drainTimeout: number;
  readonly stats: StatsConfig;
  readonly log: LogConfig;
  readonly pools: readonly PoolConfig[];
}

export type TcpEndpoint = Extract<Endpoint, { readonly kind: 'tcp' }>;

export interface StatsConfig {
  /** `null` for none. */
  readonly listen: TcpEndpoint | null;
  /** How often the figures are gathered when nobody asks; 0 for never. */
  readonly interval: number;
}

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

export interface LogConfig {
  readonly level: LogLevel;
  /** `null` for standard error. */
  readonly file: string | null;
}

/** A plugin by name, with its options as they were written: its schema fills them in when it is created. */
export interface PluginRef {
  readonly use: string;
  readonly options: unknown;
}

export interface PoolConfig {
  readonly name: string;
  readonly listen: Endpoint;
  readonly backlog: number;
  readonly hash: PluginRef;
  /** Byte values; `null` where whole keys are hashed. */
  readonly hashTag: { readonly open: number; readonly close: number } | null;
  readonly distribution: PluginRef;
  readonly topology: PluginRef;
  /** `null`: a node stays in the ring whatever happens to it. */
  readonly failover: PluginRef | null;
  readonly codec: string;
  readonly password: string | null;
  readonly database: number;
  readonly timeout: number;
  readonly connectTimeout: number;
  readonly reconnect: { readonly min: number; readonly max: number };
  readonly keepAlive: { readonly client: number; readonly server: number };
  readonly noDelay: boolean;
  readonly preconnect: boolean;
  readonly serverConnections: number;
  readonly retry: 'none' | 'idempotent';
  readonly limits: PoolLimits;
}

export interface PoolLimits {
  readonly maxClients: number;
  readonly maxArguments: number;
  readonly maxBulkLength: number;
  readonly maxInlineLength: number;
  readonly maxKeyLength: number;
  readonly maxPipeline: number;
  readonly maxSessionBytes: number;
  readonly maxOutputBytes: number;
  readonly maxLinkBytes: number;
  readonly idleTimeout: number;
}
