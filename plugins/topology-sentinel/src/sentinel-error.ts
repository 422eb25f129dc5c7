import { ShardmuxError } from '@shardmux/plugin-api';

/**
 * The primaries cannot be learnt.
 *
 * - `SHARDMUX_SENTINEL_AWAY`: no Sentinel answers.
 * - `SHARDMUX_SENTINEL_UNKNOWN_MASTER`: some answer, and none of them watches a master of that name.
 */
export class SentinelError extends ShardmuxError {
  static away(faults: readonly string[]): SentinelError {
    return new SentinelError('SHARDMUX_SENTINEL_AWAY', `no Sentinel answers: ${faults.join('; ')}`);
  }

  static unknown(masters: readonly string[]): SentinelError {
    const message = `no Sentinel watches a master ${masters.map((name) => `"${name}"`).join(' or ')}: see SENTINEL MASTERS`;
    return new SentinelError('SHARDMUX_SENTINEL_UNKNOWN_MASTER', message);
  }
}
