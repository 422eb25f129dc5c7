import type { NodeDescription, TopologyListener, TopologySnapshot } from '@shardmux/plugin-api';
import { onTestFinished } from 'vitest';
import { type RedisClusterOptions, RedisClusterTopology } from '../src/index.js';

/** What one source delivers. */
export class Record implements TopologyListener {
  readonly source: RedisClusterTopology;
  readonly snapshots: TopologySnapshot[] = [];
  readonly errors: Error[] = [];

  constructor(options: RedisClusterOptions) {
    this.source = new RedisClusterTopology({ interval: 100, ...options });
    onTestFinished(() => this.source.stop());
  }

  static async start(options: RedisClusterOptions): Promise<Record> {
    const record = new Record(options);
    await record.source.start(record);
    return record;
  }

  get nodes(): readonly NodeDescription[] {
    return this.snapshots.at(-1)?.nodes ?? [];
  }

  changed(snapshot: TopologySnapshot): void {
    this.snapshots.push(snapshot);
  }

  failed(error: Error): void {
    this.errors.push(error);
  }
}
