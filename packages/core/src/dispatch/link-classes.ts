import type { LinkCredentials, LinkState } from '@shardmux/plugin-api';
import type { LinkClass } from './link-class.js';

/**
 * The link classes of one pool, numbered in the order in which they are first needed: sessions whose links are to be
 * in the same state share them. Number 0 is the pool's own. The number of a class that is one session's alone is free
 * again when it is retired.
 */
export class LinkClasses {
  readonly #classes: LinkClass[];
  readonly #shared = new Map<string, number>();
  readonly #owned = new Map<LinkState, number>();
  readonly #free: number[] = [];
  readonly #credentials: LinkCredentials;

  constructor(first: LinkClass, credentials: LinkCredentials) {
    this.#classes = [first];
    this.#credentials = credentials;
    this.#shared.set(keyOf(credentials.protocol ?? 0, credentials.database), 0);
  }

  at(number: number): LinkClass {
    return this.#classes[number];
  }

  /** Those whose links are to be open before a request needs them. */
  get eager(): readonly number[] {
    return [...this.#owned.values()].filter((number) => this.at(number).own?.eager);
  }

  /** In the state that the codec's handshake leaves out. */
  get plain(): LinkClass {
    return this.at(this.numberOf({ protocol: 0, database: null }));
  }

  /** @param state `null` for the pool's own. */
  numberOf(state: LinkState | null): number {
    if (state === null) return 0;
    const database = state.database ?? this.#credentials.database;
    const key = keyOf(state.protocol, database);
    const known = state.own === undefined ? this.#shared.get(key) : this.#owned.get(state);
    if (known !== undefined) return known;
    const number = this.#add(state, database);
    if (state.own === undefined) this.#shared.set(key, number);
    else this.#owned.set(state, number);
    return number;
  }

  #add({ protocol, own }: LinkState, database: number): number {
    const [first] = this.#classes;
    const number = this.#free.pop() ?? this.#classes.length;
    this.#classes[number] = {
      ...first,
      handshake: (own) => first.codec.handshake({ ...this.#credentials, protocol, database, ...own }),
      own: own ?? null,
      reopens: own?.eager ?? false,
    };
    return number;
  }

  /** No session uses it any more. False: it is shared, and stays. */
  retire(number: number): boolean {
    for (const [state, owned] of this.#owned) {
      if (owned !== number) continue;
      this.#owned.delete(state);
      this.#free.push(number);
      return true;
    }
    return false;
  }
}

function keyOf(protocol: number, database: number): string {
  return `${protocol}/${database}`;
}
