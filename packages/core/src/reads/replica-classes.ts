import type { LinkClass } from '../dispatch/link-class.js';
import type { Redispatcher } from '../dispatch/redispatcher.js';
import type { NumberedClasses } from '../dispatch/server-node.js';

/**
 * The link classes of a pool as they are on replicas: nothing waits there for a connection, and reads that a replica
 * does not answer, whatever it says instead, go where their keys are.
 */
export class ReplicaClasses implements NumberedClasses {
  readonly #classes: NumberedClasses;

  constructor(classes: NumberedClasses) {
    this.#classes = classes;
  }

  at(number: number): LinkClass {
    const parts = this.#classes.at(number);
    const { handshake, redispatch } = parts;
    return {
      ...parts,
      handshake: (own) => handshake({ ...own, replica: true }),
      offline: null,
      reopens: false,
      isReplica: true,
      redispatch: redispatch && fallback(redispatch),
    };
  }
}

function fallback(redispatch: Redispatcher): Redispatcher {
  return {
    redirect: (link, request) => redispatch.again(link, request),
    again: (link, request) => redispatch.again(link, request),
  };
}
