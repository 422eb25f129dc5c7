import type { DecoderLimits } from '@shardmux/plugin-api';

/** What one client may use. Sizes in bytes, times in ms; 0 means no limit where it says so. */
export interface ConnectionLimits extends DecoderLimits {
  /** Requests under way; more are read when these are answered. */
  readonly maxPipeline: number;
  /** Requests in flight, replies held back and replies not yet sent; above it nothing more is read. */
  readonly maxSessionBytes: number;
  /** Replies that the client does not take: above it the client is cut off. */
  readonly maxOutputBytes: number;
  /** How long a client may be silent; 0 for ever. */
  readonly idleTimeout: number;
}

/** Those of Redis where it has one. */
export const DEFAULT_LIMITS: ConnectionLimits = {
  maxArguments: 2 ** 20,
  maxBulkLength: 512 * 2 ** 20,
  maxInlineLength: 65_536,
  maxKeyLength: 512 * 2 ** 20,
  maxPipeline: 1_024,
  maxSessionBytes: 16 * 2 ** 20,
  maxOutputBytes: 2 ** 30,
  idleTimeout: 0,
};
