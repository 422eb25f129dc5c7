import {
  type Endpoint,
  formatEndpoint,
  type NodeDescription,
  type TopologyListener,
  type TopologySnapshot,
} from '@shardmux/plugin-api';
import { onTestFinished } from 'vitest';
import { type SentinelOptions, SentinelTopology } from '../../src/index.js';

type Given = Partial<SentinelOptions> & Pick<SentinelOptions, 'sentinels'>;

/** What one source delivers. */
export class Record implements TopologyListener {
  readonly source: SentinelTopology;
  readonly snapshots: TopologySnapshot[] = [];
  readonly errors: Error[] = [];
  /** When each snapshot came, in ms of `performance.now()`. */
  readonly #times: number[] = [];

  constructor(options: Given) {
    this.source = new SentinelTopology({
      masters: [{ name: 'shard', weight: 1 }],
      interval: 100,
      ...options,
    });
    onTestFinished(() => this.source.stop());
  }

  static async start(options: Given): Promise<Record> {
    const record = new Record(options);
    await record.source.start(record);
    return record;
  }

  /** Of the shard's primary. */
  get endpoint(): Endpoint | undefined {
    return this.nodes[0]?.endpoint;
  }

  /** When the shard's primary was first said to be there. */
  timeOf(endpoint: Endpoint): number {
    const isThere = ({ nodes }: TopologySnapshot) =>
      formatEndpoint(nodes[0].endpoint) === formatEndpoint(endpoint);
    return this.#times[this.snapshots.findIndex(isThere)];
  }

  get nodes(): readonly NodeDescription[] {
    return this.snapshots.at(-1)?.nodes ?? [];
  }

  changed(snapshot: TopologySnapshot): void {
    this.snapshots.push(snapshot);
    this.#times.push(performance.now());
  }

  failed(error: Error): void {
    this.errors.push(error);
  }
}
