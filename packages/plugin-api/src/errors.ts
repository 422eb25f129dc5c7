import type { Failure } from './codec/codec.js';

const brand = Symbol.for('shardmux.error');

/**
 * Base of every error that shardmux throws or passes on.
 *
 * `code` is stable and meant for programs; the message is meant for people and may change. The brand is a
 * registered symbol, so that two installed copies of this package still know each other's errors.
 */
export class ShardmuxError extends Error {
  readonly code: string;
  readonly [brand] = true;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }

  static is(value: unknown): value is ShardmuxError {
    return typeof value === 'object' && value !== null && brand in value;
  }
}

/** A plugin is missing, named twice, made for another contract, given wrong options, or broke its promise. */
export class PluginError extends ShardmuxError {}

/** What a server answered is an error. The code is `SHARDMUX_REPLY`. */
export class ReplyError extends ShardmuxError {
  constructor(message: string) {
    super('SHARDMUX_REPLY', message);
  }
}

/** The engine could not serve a request. The code is `SHARDMUX_FAILURE`. */
export class FailureError extends ShardmuxError {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super('SHARDMUX_FAILURE', `no server answers: ${failure}`);
    this.failure = failure;
  }
}

/** A configuration cannot be used. */
export class ConfigError extends ShardmuxError {}

/**
 * A coordination store cannot do what it was asked.
 *
 * - `SHARDMUX_COORDINATION_AWAY`: no server of it answers. What was to be written may have been written nonetheless.
 * - `SHARDMUX_COORDINATION_REFUSED`: it answers with an error: no right to the key, a value that is too large.
 * - `SHARDMUX_COORDINATION_LEASE`: the lease has ended.
 * - `SHARDMUX_COORDINATION_STOPPED`: the store is not started, or stopped.
 */
export class CoordinationError extends ShardmuxError {
  constructor(reason: 'AWAY' | 'REFUSED' | 'LEASE' | 'STOPPED', message: string, options?: ErrorOptions) {
    super(`SHARDMUX_COORDINATION_${reason}`, message, options);
  }
}
