import type { LinkCredentials, LinkState } from '@shardmux/plugin-api';
import type { LinkClass } from './link-class.js';

/**
 * The link classes of one pool, numbered in the order in which they are first needed: sessions whose links are to be
 * in the same state share them. Number 0 is the pool's own.
 */
export class LinkClasses {
  readonly #classes: LinkClass[];
  readonly #numbers = new Map<string, number>();
  readonly #credentials: LinkCredentials;

  constructor(own: LinkClass, credentials: LinkCredentials) {
    this.#classes = [own];
    this.#credentials = credentials;
    this.#numbers.set(keyOf(credentials.protocol ?? 0, credentials.database), 0);
  }

  at(number: number): LinkClass {
    return this.#classes[number];
  }

  /** @param state `null` for the pool's own. */
  numberOf(state: LinkState | null): number {
    if (state === null) return 0;
    const { protocol } = state;
    const database = state.database ?? this.#credentials.database;
    const key = keyOf(protocol, database);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const [own] = this.#classes;
    const number = this.#classes.push({
      ...own,
      handshake: own.codec.handshake({ ...this.#credentials, protocol, database }),
      reopens: false,
    });
    this.#numbers.set(key, number - 1);
    return number - 1;
  }
}

function keyOf(protocol: number, database: number): string {
  return `${protocol}/${database}`;
}
