import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  API_VERSION,
  definePlugin,
  type NodeDescription,
  type Plugin,
  type TopologyListener,
  type TopologySource,
} from '@shardmux/plugin-api';
import { type Options, optionsSchema } from './options.js';

/** Reads a JSON file again and again. Put what knows your servers in its place. */
class PolledFile implements TopologySource {
  readonly #options: Options;
  #text = '';
  #epoch = 0;
  readonly #stop = new AbortController();

  constructor(options: Options) {
    this.#options = options;
  }

  async start(listener: TopologyListener): Promise<void> {
    await this.#read(listener);
    void this.#watch(listener);
  }

  async stop(): Promise<void> {
    this.#stop.abort();
  }

  async #watch(listener: TopologyListener): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await sleep(this.#options.interval, undefined, { signal }).catch(() => {});
      await this.#read(listener).catch((error: Error) => {
        if (!signal.aborted) listener.failed(error);
      });
    }
  }

  async #read(listener: TopologyListener): Promise<void> {
    const text = await readFile(this.#options.path, 'utf8');
    if (this.#stop.signal.aborted || text === this.#text) return;
    const nodes = JSON.parse(text) as readonly NodeDescription[];
    this.#text = text;
    this.#epoch++;
    listener.changed({ epoch: this.#epoch, nodes });
  }
}

export const plugins: readonly Plugin[] = [
  definePlugin({
    kind: 'topology',
    name: 'my-thing',
    apiVersion: API_VERSION,
    optionsSchema,
    create: (options) => new PolledFile(options),
  }),
];
