import { accessSync, constants, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { ConfigError, type NodeDescription } from '@shardmux/plugin-api';
import { formatServers } from './format-servers.js';
import { readServers } from './read-servers.js';

/** The last good servers in a file, for a start at which their source is away. It is a document that `readServers` reads. */
export class SnapshotCache {
  readonly #path: string;

  /** @throws {ConfigError} `SHARDMUX_TOPOLOGY_CACHE` where the file's folder is not there or cannot be written in. */
  constructor(path: string) {
    this.#path = path;
    this.#attempt('written', () => accessSync(dirname(path), constants.W_OK));
  }

  /** @throws {ConfigError} `SHARDMUX_TOPOLOGY_CACHE`, `SHARDMUX_CONFIG_INVALID`. */
  load(): readonly NodeDescription[] {
    return readServers(
      this.#attempt('read', () => readFileSync(this.#path)),
      this.#path,
    );
  }

  /**
   * Other processes that read the file meanwhile see all of the old or all of the new.
   * @throws {ConfigError} `SHARDMUX_TOPOLOGY_CACHE`.
   */
  save(nodes: readonly NodeDescription[]): void {
    // Each of several workers writes its own.
    const draft = `${this.#path}.${process.pid}`;
    this.#attempt('written', () => {
      writeFileSync(draft, formatServers(nodes));
      renameSync(draft, this.#path);
    });
  }

  #attempt<Result>(done: string, action: () => Result): Result {
    try {
      return action();
    } catch (cause) {
      const message = `the cache of servers, ${this.#path}, cannot be ${done}: ${(cause as Error).message}`;
      throw new ConfigError('SHARDMUX_TOPOLOGY_CACHE', message, { cause });
    }
  }
}
