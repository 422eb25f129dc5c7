import { createHash } from 'node:crypto';
import { formatEndpoint } from '@shardmux/plugin-api';
import type { ProxyEntry } from './proxy-entry.js';

/**
 * In which order a client prefers proxies: those of its zone before all others, and among them an order of its own
 * (rendezvous hashing). So clients are spread evenly, those of a proxy that goes turn to all others alike, and one that
 * comes takes its share of each, and of nobody more.
 */
export class ProxyOrder {
  readonly #client: string;
  readonly #zone: string | null;

  /** @param client a text that no other client has. */
  constructor(client: string, zone: string | null) {
    this.#client = client;
    this.#zone = zone;
  }

  /** Below 0 where `one` comes before `other`. */
  compare(one: ProxyEntry, other: ProxyEntry): number {
    return this.#distance(one) - this.#distance(other) || this.#rank(one) - this.#rank(other);
  }

  #distance({ zone }: ProxyEntry): number {
    return this.#zone === null || zone === this.#zone ? 0 : 1;
  }

  #rank({ address }: ProxyEntry): number {
    return createHash('sha256')
      .update(`${this.#client} ${formatEndpoint(address)}`)
      .digest()
      .readUInt32BE();
  }
}
