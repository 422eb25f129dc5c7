import {
  type CoordinationEntry,
  CoordinationError,
  type CoordinationStore,
  type Lease,
} from '@shardmux/plugin-api';
import { Space } from './space.js';

/** They last as long as the process: what was agreed upon outlives a pool that is made anew. */
const spaces = new Map<string, Space>();

/** Keeps everything in memory, for the participants of one process. It is never away. */
export class EmbeddedStore implements CoordinationStore {
  readonly isShared = false;
  readonly #space: Space;
  readonly #ends = new Set<() => void>();
  #isStarted = false;

  /** @param name stores of one name have the same keys. */
  constructor(name: string) {
    this.#space = spaces.get(name) ?? new Space();
    spaces.set(name, this.#space);
  }

  start(): void {
    this.#isStarted = true;
  }

  async stop(): Promise<void> {
    this.#isStarted = false;
    for (const end of this.#ends) end();
  }

  async get(key: string): Promise<CoordinationEntry | null> {
    return this.#open.entries.get(key) ?? null;
  }

  async list(prefix: string): Promise<ReadonlyMap<string, CoordinationEntry>> {
    return new Map([...this.#open.entries].filter(([key]) => key.startsWith(prefix)));
  }

  async compareAndSet(key: string, expected: string | null, value: string): Promise<string | null> {
    return this.#has(key, expected) ? this.#space.set(key, value) : null;
  }

  async compareAndDelete(key: string, expected: string): Promise<boolean> {
    const isExpected = this.#has(key, expected);
    if (isExpected) this.#space.delete(key);
    return isExpected;
  }

  watch(prefix: string, changed: () => void): () => void {
    return this.#ending(this.#open.watch(prefix, changed));
  }

  /** Its holder cannot be gone while the store is there, so it ends with the store. */
  async lease(): Promise<Lease> {
    const space = this.#open;
    const versions = new Map<string, string>();
    let isLive = true;
    const end = this.#ending(() => {
      isLive = false;
      for (const [key, version] of versions)
        if (space.entries.get(key)?.version === version) space.delete(key);
    });
    return {
      get isLive() {
        return isLive;
      },
      async put(key, value) {
        if (!isLive) throw new CoordinationError('LEASE', `"${key}" cannot be put: the lease has ended`);
        versions.set(key, space.set(key, value));
      },
      async end() {
        end();
      },
    };
  }

  get #open(): Space {
    if (this.#isStarted) return this.#space;
    throw new CoordinationError('STOPPED', 'the embedded store is not started');
  }

  #has(key: string, version: string | null): boolean {
    return (this.#open.entries.get(key)?.version ?? null) === version;
  }

  /** What is to be done at the latest when the store is stopped. */
  #ending(end: () => void): () => void {
    const once = () => {
      if (this.#ends.delete(once)) end();
    };
    this.#ends.add(once);
    return once;
  }
}
