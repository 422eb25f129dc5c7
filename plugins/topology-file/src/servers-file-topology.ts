import { readFile } from 'node:fs/promises';
import {
  ConfigError,
  type NodeDescription,
  type TopologyListener,
  type TopologySource,
} from '@shardmux/plugin-api';
import { FileWatch } from './file-watch.js';
import type { ServersFile } from './options.js';
import { readServers } from './read-servers.js';
import { SnapshotPublisher } from './snapshot-publisher.js';

/**
 * The servers that a file of their own names, as it is changed.
 *
 *   idle ──start──► reading ──good, or a cache──► watched ──stop──► closed
 *                      └── no good: start rejects
 */
export class ServersFileTopology implements TopologySource {
  readonly #path: string;
  readonly #publisher: SnapshotPublisher;
  readonly #watch: FileWatch;

  constructor({ path, cache }: ServersFile) {
    this.#path = path;
    this.#publisher = new SnapshotPublisher(cache ?? null);
    this.#watch = new FileWatch(path, () => this.#read());
  }

  /**
   * @throws {ConfigError} `SHARDMUX_CONFIG_UNREADABLE` where there is no such file; `SHARDMUX_CONFIG_INVALID` with all
   *   its faults; `SHARDMUX_TOPOLOGY_CACHE`.
   */
  start(listener: TopologyListener): Promise<void> {
    this.#publisher.open(listener);
    return this.#watch.start();
  }

  async stop(): Promise<void> {
    this.#watch.stop();
    this.#publisher.close();
  }

  async #read(): Promise<void> {
    let content: Uint8Array;
    try {
      content = await readFile(this.#path);
    } catch (cause) {
      const fix = 'create it, or name another one as the "path" of the topology';
      const message = `${this.#path}: cannot be read: ${(cause as Error).message}: ${fix}`;
      this.#publisher.away(new ConfigError('SHARDMUX_CONFIG_UNREADABLE', message, { cause }));
      return;
    }
    let servers: readonly NodeDescription[];
    try {
      servers = readServers(content, this.#path);
    } catch (error) {
      this.#publisher.refused(error as Error);
      return;
    }
    this.#publisher.changed(servers);
  }
}
