import { mustBeOneOf } from '@shardmux/config-file';
import type { PoolConfig } from '../config/normalised.js';
import { CommandError } from './command-error.js';

/** The pool that `--pool` names. @throws {CommandError} where there is none. */
export function findPool(pools: readonly PoolConfig[], name: string): PoolConfig {
  const pool = pools.find((each) => each.name === name);
  if (pool !== undefined) return pool;
  const names = pools.map((each) => each.name);
  throw new CommandError(`--pool: found ${JSON.stringify(name)}: ${mustBeOneOf(name, names)}`);
}
