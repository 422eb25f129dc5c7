import type { FailoverPolicy, FailoverVerdict, NodeFailure } from '@shardmux/plugin-api';
import type { EjectionOptions } from './options.js';

/**
 * A circuit breaker for each node, whose half-open state is a probe of the engine's.
 *
 *   in service ──(failureLimit failures without a reply between them)──► ejected
 *        ▲                                                                  │
 *        └──────────(a probe, every retryTimeout ms, is answered)───────────┘
 *
 * Where its keys go meanwhile, to the others or nowhere, is `rehashes`.
 */
export class Ejection implements FailoverPolicy {
  readonly rehashes: boolean;
  readonly #failureLimit: number;
  readonly #eject: FailoverVerdict;

  constructor({ failureLimit, retryTimeout }: EjectionOptions, rehashes: boolean) {
    this.rehashes = rehashes;
    this.#failureLimit = failureLimit;
    this.#eject = Object.freeze({ action: 'eject', probeAfter: retryTimeout });
  }

  failed(failure: NodeFailure): FailoverVerdict {
    return failure.consecutive >= this.#failureLimit ? this.#eject : { action: 'keep' };
  }
}
