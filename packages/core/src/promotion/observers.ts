import type { CoordinationStore } from '@shardmux/plugin-api';
import { HeldKey } from '../coordination/held-key.js';
import { Turns } from './turns.js';

/** By shard, the address of the primary that is taken to be down. */
type Votes = Readonly<Record<string, string>>;

export interface ObserversListener {
  /** Somebody voted otherwise, came or went. */
  changed(): void;
  /** This one cannot vote, or does not hear the others. Told at each attempt. */
  failed(error: Error): void;
}

/**
 * All processes that watch the primaries of one pool, this one among them. Each has a key that stands as long as it
 * lives, whose value is what it takes to be down: `{"shard0":"10.0.0.1:6379"}`.
 */
export class Observers {
  readonly #store: CoordinationStore;
  readonly #prefix: string;
  readonly #listener: ObserversListener;
  readonly #own: HeldKey;
  readonly #id: string;
  #votes = '{}';
  /** By their ids. */
  #all: ReadonlyMap<string, Votes> = new Map();
  readonly #turns = new Turns();

  /** @param id of this one: unique for good. */
  constructor(store: CoordinationStore, prefix: string, id: string, listener: ObserversListener) {
    this.#store = store;
    this.#prefix = prefix;
    this.#listener = listener;
    this.#id = id;
    this.#own = new HeldKey(store, prefix + id, this.#votes, {
      held: () => {},
      failed: (error) => listener.failed(error),
    });
  }

  start(): void {
    this.#own.start();
    this.#store.watch(this.#prefix, () => this.#look());
  }

  close(): void {
    this.#own.close();
  }

  /** Whether the others still count on this one. */
  get isAlive(): boolean {
    return this.#own.isHeld;
  }

  get count(): number {
    return this.#all.size;
  }

  /** Of those that are alive, one is the first in the eyes of all. */
  get isFirst(): boolean {
    return this.isAlive && [...this.#all.keys()].every((id) => this.#id <= id);
  }

  votesAgainst(shard: string, primary: string): number {
    let votes = 0;
    for (const each of this.#all.values()) if (each[shard] === primary) votes++;
    return votes;
  }

  /** What this one takes to be down, from now on. */
  vote(votes: Votes): void {
    const text = JSON.stringify(votes);
    if (text === this.#votes) return;
    this.#votes = text;
    this.#own.set(text);
  }

  #look(): void {
    this.#turns.look(() => this.#read()).catch((error: Error) => this.#listener.failed(error));
  }

  async #read(): Promise<void> {
    const entries = await this.#store.list(this.#prefix);
    this.#all = new Map(
      Array.from(entries, ([key, { value }]) => [key.slice(this.#prefix.length), parse(value)]),
    );
    this.#listener.changed();
  }
}

/** Of an observer of another release, nothing may be understood: it is alive, and has no vote. */
function parse(text: string): Votes {
  try {
    const votes: unknown = JSON.parse(text);
    return Object(votes);
  } catch {
    return {};
  }
}
