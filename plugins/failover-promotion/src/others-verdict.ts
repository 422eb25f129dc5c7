import type { FailoverPolicy, FailoverVerdict } from '@shardmux/plugin-api';

/** Leaves it to those who watch the servers to replace one: the pool's topology tells what they decide. */
export class OthersVerdict implements FailoverPolicy {
  readonly follows = true;

  failed(): FailoverVerdict {
    return { action: 'keep' };
  }
}
