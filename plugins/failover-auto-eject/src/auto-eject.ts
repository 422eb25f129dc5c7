import type { FailoverPolicy, FailoverVerdict, NodeFailure } from '@shardmux/plugin-api';
import type { AutoEjectOptions } from './options.js';

const KEEP: FailoverVerdict = Object.freeze({ action: 'keep' });

/**
 * Twemproxy's `auto_eject_hosts`, with one difference: a node returns when a probe is answered, not blindly.
 *
 *   in the ring ──(failureLimit failures without a reply between them)──► ejected
 *        ▲                                                                   │
 *        └───────────(a probe, every retryTimeout ms, is answered)───────────┘
 */
export class AutoEject implements FailoverPolicy {
  readonly #failureLimit: number;
  readonly #eject: FailoverVerdict;

  constructor({ failureLimit, retryTimeout }: AutoEjectOptions) {
    this.#failureLimit = failureLimit;
    this.#eject = Object.freeze({ action: 'eject', probeAfter: retryTimeout });
  }

  failed(failure: NodeFailure): FailoverVerdict {
    return failure.consecutive >= this.#failureLimit ? this.#eject : KEEP;
  }
}
