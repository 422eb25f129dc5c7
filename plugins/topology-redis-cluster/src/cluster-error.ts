import { formatEndpoint, ShardmuxError } from '@shardmux/plugin-api';
import { type ClusterView, hasSlots } from './cluster-view.js';

/**
 * The Redis Cluster cannot be learnt.
 *
 * - `SHARDMUX_REDIS_CLUSTER_AWAY`: none of its servers answers.
 * - `SHARDMUX_REDIS_CLUSTER_DOWN`: some answer, and none says that the cluster is up; or no slot has a server.
 */
export class ClusterError extends ShardmuxError {
  static away(faults: readonly string[]): ClusterError {
    const message = `no server of the Redis Cluster answers: ${faults.join('; ')}`;
    return new ClusterError('SHARDMUX_REDIS_CLUSTER_AWAY', message);
  }

  static down(view: ClusterView): ClusterError {
    const state = hasSlots(view) ? 'cluster_state:fail' : 'no slot has a server';
    const message = `the Redis Cluster is down, says ${formatEndpoint(view.from)}: ${state}`;
    return new ClusterError('SHARDMUX_REDIS_CLUSTER_DOWN', message);
  }
}
