import type { Logger } from '@shardmux/core';
import type { ScriptDefinition } from './scripts/script.js';

/** As ioredis names them, where it has them. */
export interface ClientOptions {
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
  /** ms until attempt number `times` to connect to a server; `null` to give it up. Default: the pool's `reconnect`. */
  readonly retryStrategy?: (times: number) => number | null;
  /** Whether commands wait for a server that cannot be reached. Default: true. */
  readonly enableOfflineQueue?: boolean;
  /** How many calls may wait before they are sent; further ones are rejected at once. Default: 100,000. */
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
  'keyPrefix' | 'stringNumbers' | 'commandTimeout' | 'maxQueuedCommands' | 'lazyConnect' | 'scripts'
>;

/** What can be said of single calls: `client.with({ signal }).get('key')`. */
export interface CallOptions {
  /** Ends the call with the signal's reason. A command that was sent may still run. */
  readonly signal?: AbortSignal;
}

export const DEFAULTS = {
  keyPrefix: '',
  stringNumbers: false,
  maxRetriesPerRequest: 20,
  enableOfflineQueue: true,
  maxQueuedCommands: 100_000,
  lazyConnect: false,
} as const;
