import type { TcpEndpoint } from '@shardmux/config-file';
import type { ChannelPlacement, Endpoint, ProxyProtocol } from '@shardmux/plugin-api';
import type { Secret, SecretReference } from './secret.js';

/**
 * A configuration after it was read: the same form for both dialects, complete, valid, frozen. Plain data, since
 * it is passed to worker processes. Times in ms, sizes in bytes. What each value means, and why it has its
 * default, stands in schema.ts.
 */
export interface Config {
  readonly workers: number;
  readonly drainDelay: number;
  readonly drainTimeout: number;
  readonly stats: StatsConfig;
  readonly log: LogConfig;
  readonly telemetry: TelemetryConfig;
  readonly health: HealthConfig;
  readonly pools: readonly PoolConfig[];
}

export type { TcpEndpoint };

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

export interface TelemetryConfig {
  /** `null`: nothing is served. */
  readonly listen: TcpEndpoint | null;
  readonly slowlog: SlowLogConfig;
  /** `null`: nothing is sent. */
  readonly otlp: OtlpConfig | null;
}

export interface HealthConfig {
  /** `null`: nothing is served. */
  readonly listen: TcpEndpoint | null;
}

export interface SlowLogConfig {
  /** In ms, perhaps a fraction. */
  readonly threshold: number;
  readonly length: number;
}

export interface OtlpConfig {
  /** A URL without a trailing slash. */
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly interval: number;
  /** From 0 to 1. */
  readonly sample: number;
}

/** A plugin, with its options as they were written: its schema fills them in when it is created. */
export interface PluginRef {
  /** An official plugin's name, one given in code, or a module and a name, as a URL: `file:///srv/hash.js#mine`. */
  readonly use: string;
  readonly options: unknown;
}

export interface PoolConfig {
  readonly name: string;
  /** `null` only where the configuration was read for a client. */
  readonly listen: Endpoint | null;
  readonly backlog: number;
  /** `null`: clients come by themselves. */
  readonly proxyProtocol: ProxyProtocol | null;
  readonly hash: PluginRef;
  /** Byte values; `null` where whole keys are hashed. */
  readonly hashTag: { readonly open: number; readonly close: number } | null;
  readonly distribution: PluginRef;
  readonly topology: PluginRef;
  /** `null`: a node stays in the ring whatever happens to it. */
  readonly failover: PluginRef | null;
  readonly reads: PluginRef;
  /** `null`: nowhere in particular. */
  readonly zone: string | null;
  readonly codec: PluginRef;
  readonly transport: PluginRef;
  /** `null`: processes do not agree with one another. */
  readonly coordination: PluginRef | null;
  /** Where clients reach the proxy; `null`: they are not told that it is there. */
  readonly register: { readonly as: TcpEndpoint } | null;
  readonly telemetry: readonly PluginRef[];
  /** What cluster clients see; `null` where it is no cluster to them. */
  readonly cluster: { readonly announce: readonly TcpEndpoint[] } | null;
  readonly password: Secret | null;
  /** `null`: there is one, whom the password is for. Always where the configuration was read for a client. */
  readonly users: UsersConfig | null;
  /** An absolute path, instead of `users`. */
  readonly aclFile: string | null;
  /** `null`: the codec's own list. */
  readonly deny: readonly string[] | null;
  readonly database: number;
  readonly channels: ChannelPlacement;
  readonly timeout: number;
  readonly connectTimeout: number;
  readonly reconnect: { readonly min: number; readonly max: number };
  readonly keepAlive: { readonly client: number; readonly server: number };
  readonly noDelay: boolean;
  readonly preconnect: boolean;
  readonly serverConnections: number;
  readonly retry: 'none' | 'idempotent';
  readonly crossShard: 'gather' | 'refuse';
  readonly limits: PoolLimits;
}

/** The rules of each user, by name. A reference stands for the rule that its secret is a password. */
export type UsersConfig = Readonly<Record<string, readonly (string | SecretReference)[]>>;

export interface PoolLimits {
  readonly maxClients: number;
  readonly maxConnectionsPerAddress: number;
  readonly maxConnectionsPerUser: number;
  readonly maxArguments: number;
  readonly maxBulkLength: number;
  readonly maxInlineLength: number;
  readonly maxKeyLength: number;
  readonly maxPipeline: number;
  readonly maxSessionBytes: number;
  readonly maxOutputBytes: number;
  readonly maxLinkBytes: number;
  /** Connections to servers that each belong to one client; per worker. */
  readonly maxPrivateLinks: number;
  readonly idleTimeout: number;
}
