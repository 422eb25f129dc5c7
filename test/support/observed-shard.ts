import { connectRaw, freePort, type RawClient } from '@shardmux/testing';
import { createProxy, type ProxyService } from 'shardmux';
import { expect, vi } from 'vitest';
import type { Victim } from './faults.js';
import { RelayedShard, replicationOf } from './relayed-shard.js';

/** What a proxy promotes replicas by, as a configuration has it. */
export interface ObserverOptions {
  readonly coordination: object;
  /** More of the failover's options: a quorum of two unless told. */
  readonly failover?: object;
}

/** A proxy in this process that watches the shard, and a client of it. */
export interface Observer {
  readonly proxy: ProxyService;
  readonly client: RawClient;
}

/** The shard `shard0`, whose configured primary is the first of the servers, and who watches it. */
export class ObservedShard {
  readonly members: readonly Victim[];
  readonly observers: Observer[] = [];
  readonly #shard: RelayedShard;

  private constructor(shard: RelayedShard) {
    this.#shard = shard;
    this.members = shard.members;
  }

  static async start(): Promise<ObservedShard> {
    return new ObservedShard(await RelayedShard.start(2, 'replicas'));
  }

  /** As one of a pool's servers. */
  get config(): object {
    const [first, ...replicas] = this.members.map(({ relay: { host, port } }) => ({ host, port }));
    return { ...first, name: 'shard0', replicas };
  }

  async observe({ coordination, failover = {} }: ObserverOptions): Promise<Observer> {
    const port = await freePort();
    const alpha = {
      listen: `127.0.0.1:${port}`,
      timeout: 3_000,
      coordination,
      failover: { use: 'replica-promotion', quorum: 2, ...failover },
      servers: [this.config],
    };
    const proxy = createProxy({ yaml: JSON.stringify({ stats: { listen: null }, pools: { alpha } }) });
    await proxy.start();
    const client = await connectRaw({ kind: 'tcp', host: '127.0.0.1', port }, { strings: true });
    const observer = { proxy, client };
    this.observers.push(observer);
    return observer;
  }

  async stopObservers(): Promise<void> {
    for (const { proxy, client } of this.observers.splice(0)) {
      await client.close();
      await proxy.stop();
    }
  }

  async stop(): Promise<void> {
    await this.stopObservers();
    await this.#shard.stop();
  }
}

/** Resolves when what the server says of its replication is so. */
export async function untilInfo({ server }: Victim, expected: RegExp): Promise<void> {
  await vi.waitFor(async () => expect(await replicationOf(server)).toMatch(expected), {
    timeout: 10_000,
    interval: 20,
  });
}

/** A write that the former primary took with it has an unknown outcome: whoever sent it tries again. */
export async function untilWritten(client: RawClient, key: string, value: string): Promise<void> {
  for (;;) {
    const reply = await client.command('SET', key, value);
    if (reply === 'OK') return;
    expect(String(reply)).toMatch(/ERR (unknown|.*timed out)/);
  }
}
