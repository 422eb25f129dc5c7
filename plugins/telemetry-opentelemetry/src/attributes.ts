import type { Attributes } from '@opentelemetry/api';
import type { ObservedNode, ObservedPool, Outcome } from '@shardmux/plugin-api';
import { Attribute } from './conventions.js';

/** Which server it was, as the configuration calls it. */
export function serverAttributes({ endpoint }: ObservedNode): Attributes {
  return endpoint.kind === 'unix'
    ? { [Attribute.serverAddress]: endpoint.path }
    : { [Attribute.serverAddress]: endpoint.host, [Attribute.serverPort]: endpoint.port };
}

/** What went wrong: the first word of the server's error, or the reason why no server answered. */
export function errorAttributes({ failure, errorCode }: Outcome): Attributes {
  if (errorCode !== null) return { [Attribute.errorType]: errorCode, [Attribute.statusCode]: errorCode };
  return failure === null ? {} : { [Attribute.errorType]: failure };
}

/**
 * The attributes of all operations of one name. There are as many as names, servers and errors have met, and each
 * is made once, so that recording allocates nothing.
 */
export class NamedAttributes {
  /** As Redis writes it: in capitals. */
  readonly name: string;
  /** What is known before it has a server. */
  readonly initial: Attributes;
  readonly #byServer = new Map<ObservedNode | null, Map<string | null, Attributes>>();

  constructor(name: string, { name: pool, database }: ObservedPool) {
    this.name = name.toUpperCase();
    this.initial = {
      [Attribute.system]: 'redis',
      [Attribute.namespace]: String(database),
      [Attribute.operation]: this.name,
      [Attribute.pool]: pool,
    };
  }

  of(outcome: Outcome): Attributes {
    const { node, failure, errorCode } = outcome;
    let byError = this.#byServer.get(node);
    if (byError === undefined) {
      byError = new Map();
      this.#byServer.set(node, byError);
    }
    const error = errorCode ?? failure;
    let attributes = byError.get(error);
    if (attributes === undefined) {
      attributes = {
        ...this.initial,
        ...(node === null ? {} : serverAttributes(node)),
        ...errorAttributes(outcome),
      };
      byError.set(error, attributes);
    }
    return attributes;
  }
}

/** The attributes of a pool's operations, by name. */
export class OperationAttributes {
  readonly #pool: ObservedPool;
  readonly #byName = new Map<string, NamedAttributes>();

  constructor(pool: ObservedPool) {
    this.#pool = pool;
  }

  named(name: string): NamedAttributes {
    let attributes = this.#byName.get(name);
    if (attributes === undefined) {
      attributes = new NamedAttributes(name, this.#pool);
      this.#byName.set(name, attributes);
    }
    return attributes;
  }

  /** Lets go of servers that are no more. */
  clear(): void {
    this.#byName.clear();
  }
}
