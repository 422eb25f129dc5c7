import type { NodeDescription, TopologyListener, TopologySource } from '@shardmux/plugin-api';

/** The servers that a configuration names: one snapshot with epoch 1, and no change ever. */
export class FileTopology implements TopologySource {
  readonly #servers: readonly NodeDescription[];

  constructor(servers: readonly NodeDescription[]) {
    this.#servers = servers;
  }

  async start(listener: TopologyListener): Promise<void> {
    listener.changed({ epoch: 1, nodes: this.#servers });
  }

  async stop(): Promise<void> {}
}
