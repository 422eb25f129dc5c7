import {
  type Endpoint,
  formatEndpoint,
  type NodeDescription,
  type ReplicaDescription,
  type TopologyDoubt,
  type TopologyListener,
  type TopologySnapshot,
  type TopologySource,
} from '@shardmux/plugin-api';
import type { Roles } from './roles.js';

/** From one look at the roles to the next that a doubt gives rise to, in ms. */
const SHORTEST_GAP = 100;

/**
 * What a source tells, with the primaries that were decided upon since.
 *
 *   source: shard0 = A, replicas B, C ─┐
 *                                      ├──► shard0 = B, replicas A, C
 *   roles:  shard0 = B ────────────────┘
 *
 * A role of a server that the source does not name any more says nothing: the operator has changed the shard.
 */
export class PromotedTopology implements TopologySource {
  readonly endpointOf?: (host: string, port: number) => Endpoint;
  readonly #source: TopologySource;
  readonly #roles: Roles;
  #listener: TopologyListener | null = null;
  #given: TopologySnapshot | null = null;
  #epoch = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(source: TopologySource, roles: Roles) {
    this.#source = source;
    this.#roles = roles;
    if (source.endpointOf !== undefined) this.endpointOf = source.endpointOf.bind(source);
  }

  /** @throws as the source, and `Roles.start`. */
  async start(listener: TopologyListener): Promise<void> {
    await this.#roles.start();
    this.#listener = listener;
    await this.#source.start({
      changed: (snapshot) => this.#told(snapshot, listener),
      failed: (error) => listener.failed(error),
    });
  }

  async stop(): Promise<void> {
    this.#listener = null;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#source.stop();
  }

  refresh(doubt: TopologyDoubt): void {
    this.#source.refresh?.(doubt);
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      void this.#roles.read();
    }, SHORTEST_GAP);
  }

  /** The roles are others. */
  changed(): void {
    if (this.#given !== null) this.#deliver(this.#given);
  }

  /** They cannot be read. */
  failed(error: Error): void {
    this.#listener?.failed(error);
  }

  #told(snapshot: TopologySnapshot, listener: TopologyListener): void {
    // The source is back, and has nothing new.
    if (this.#given?.epoch === snapshot.epoch)
      listener.changed({ epoch: this.#epoch, nodes: snapshot.nodes });
    else this.#deliver(snapshot);
  }

  #deliver(given: TopologySnapshot): void {
    this.#given = given;
    const nodes = given.nodes.map((node) => withPrimary(node, this.#roles.of(node.name)?.primary));
    this.#listener?.changed({ epoch: ++this.#epoch, nodes });
  }
}

function withPrimary(node: NodeDescription, primary: string | undefined): NodeDescription {
  const { replicas = [] } = node;
  const promoted = replicas.find(({ endpoint }) => formatEndpoint(endpoint) === primary);
  if (promoted === undefined) return node;
  const former: ReplicaDescription = {
    name: `${node.name} (${formatEndpoint(node.endpoint)})`,
    endpoint: node.endpoint,
    zone: node.zone,
  };
  return {
    ...node,
    endpoint: promoted.endpoint,
    zone: promoted.zone,
    replicas: [former, ...replicas.filter((each) => each !== promoted)],
  };
}
