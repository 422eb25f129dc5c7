import type { CoordinationEntry } from '@shardmux/plugin-api';

interface Watcher {
  readonly prefix: string;
  readonly changed: () => void;
}

/** The keys that the stores of one name share. */
export class Space {
  readonly entries = new Map<string, CoordinationEntry>();
  readonly #watchers = new Set<Watcher>();
  #revision = 0;

  /** @returns the version. */
  set(key: string, value: string): string {
    const version = String(++this.#revision);
    this.entries.set(key, { value, version });
    this.#changed(key);
    return version;
  }

  delete(key: string): void {
    if (this.entries.delete(key)) this.#changed(key);
  }

  watch(prefix: string, changed: () => void): () => void {
    const watcher = { prefix, changed };
    this.#watchers.add(watcher);
    this.#tell(watcher);
    return () => this.#watchers.delete(watcher);
  }

  #changed(key: string): void {
    for (const watcher of this.#watchers) if (key.startsWith(watcher.prefix)) this.#tell(watcher);
  }

  /** Not before whoever made the change is done with what it does. */
  #tell(watcher: Watcher): void {
    setImmediate(() => this.#watchers.has(watcher) && watcher.changed());
  }
}
