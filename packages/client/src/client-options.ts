import type { Logger } from '@shardmux/core';
import type { ScriptDefinition } from './scripts/script.js';

/** As ioredis names them, where it has them. */
export interface ClientOptions {
  /** What CLIENT GETNAME and CLIENT LIST call it, without spaces. Default: nothing. */
  readonly connectionName?: string;
  /** Before each key. Default: nothing. */
  readonly keyPrefix?: string;
  /** Integers in replies as strings. Default: false. */
  readonly stringNumbers?: boolean;
  /** How long a call may take, queued or sent, in ms; 0 for ever. Default: the pool's `timeout`. */
  readonly commandTimeout?: number;
  /**
   * How many attempts to connect a command waits through; `null`: any number. Only what was not sent is ever kept.
   * Default: 20.
   */
  readonly maxRetriesPerRequest?: number | null;
  /**
   * ms until attempt number `times` to connect to a server; what is no number gives it up. Default: the pool's
   * `reconnect`.
   */
  readonly retryStrategy?: (times: number) => number | null | undefined;
  /** Whether commands wait for a server that cannot be reached. Default: true. */
  readonly enableOfflineQueue?: boolean;
  /** How many calls may wait unsent, for whatever reason; further ones are rejected at once. Default: 100,000. */
  readonly maxQueuedCommands?: number;
  /** Whether to connect only with `connect()` or the first command. Default: false. */
  readonly lazyConnect?: boolean;
  /** Commands made of Lua scripts, by name. */
  readonly scripts?: Readonly<Record<string, ScriptDefinition>>;
  /** Default: nothing is logged. */
  readonly logger?: Logger;
}

/** What `duplicate` may change: the rest is the pool's, which is shared. */
export type DuplicateOptions = Pick<
  ClientOptions,
  'connectionName' | 'keyPrefix' | 'stringNumbers' | 'commandTimeout' | 'lazyConnect' | 'scripts'
>;

/** What can be said of single calls: `client.with({ signal }).get('key')`. */
export interface CallOptions {
  /** Ends the call with the signal's reason. A command that was sent may still run. */
  readonly signal?: AbortSignal;
}

/** Options with their defaults; one that is `undefined` was left out. */
export function withDefaults(options: ClientOptions) {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return { ...DEFAULTS, ...(Object.fromEntries(given) as ClientOptions) };
}

const DEFAULTS = {
  connectionName: '',
  keyPrefix: '',
  stringNumbers: false,
  maxRetriesPerRequest: 20 as number | null,
  enableOfflineQueue: true,
  maxQueuedCommands: 100_000,
  lazyConnect: false,
} as const;
