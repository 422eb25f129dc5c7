import {
  API_VERSION,
  definePlugin,
  type Endpoint,
  type NodeDescription,
  type TopologyListener,
  type TopologySource,
} from '@shardmux/plugin-api';

/** A topology that a test changes while it is in use: `topology: live` of its plugin. */
export class LiveTopology implements TopologySource {
  /** How often it was in doubt. */
  doubts = 0;
  readonly plugin = definePlugin({
    kind: 'topology',
    name: 'live',
    apiVersion: API_VERSION,
    create: () => this,
  });
  #nodes: readonly NodeDescription[];
  #epoch = 0;
  #listener: TopologyListener | null = null;

  constructor(nodes: readonly NodeDescription[]) {
    this.#nodes = nodes;
  }

  async start(listener: TopologyListener): Promise<void> {
    this.#listener = listener;
    this.change(this.#nodes);
  }

  async stop(): Promise<void> {
    this.#listener = null;
  }

  change(nodes: readonly NodeDescription[]): void {
    this.#nodes = nodes;
    this.#listener?.changed({ epoch: ++this.#epoch, nodes });
  }

  refresh(): void {
    this.doubts++;
  }

  endpointOf(host: string, port: number): Endpoint {
    return { kind: 'tcp', host, port };
  }
}
