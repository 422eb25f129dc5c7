import { freePort } from '@shardmux/testing';
import type { Victim } from '../../support/faults.js';
import { RelayedShard } from '../../support/relayed-shard.js';
import { Shardmux } from '../../support/shardmux.js';
import { Writers } from '../../support/writers.js';
import type { Keeper, KeeperKind } from './keeper.js';

const PROXIES = 3;
const REPLICAS = 2;
/** Writing clients of each proxy. */
export const CLIENTS = 5;
/** How long a request may wait for a new primary, in ms: Sentinels take their time to agree. */
const TIMEOUT = 20_000;

/** A shard, who keeps it, and proxies before it. */
export class KeptShard {
  readonly shard: RelayedShard;
  readonly keeper: Keeper;
  readonly proxies: readonly Shardmux[];

  private constructor(shard: RelayedShard, keeper: Keeper, proxies: readonly Shardmux[]) {
    this.shard = shard;
    this.keeper = keeper;
    this.proxies = proxies;
  }

  static async start(kind: KeeperKind): Promise<KeptShard> {
    const shard = await RelayedShard.start(REPLICAS);
    const keeper = await kind.start(shard, PROXIES);
    const proxies = await Promise.all(Array.from({ length: PROXIES }, () => startProxy(keeper)));
    return new KeptShard(shard, keeper, proxies);
  }

  /** What the proxies say. */
  get log(): string {
    return this.proxies.map(({ process }) => process.log).join('\n');
  }

  /** Resolves with the primary when everything is well. */
  async settled(): Promise<Victim> {
    const primary = await this.shard.settled();
    await this.keeper.settled();
    return primary;
  }

  /** Clients of every proxy. @param prefix of all their keys. */
  startWriters(prefix: string): Promise<readonly Writers[]> {
    const keyOf = (proxy: number) => (client: number, write: number) =>
      `${prefix}:${proxy}:${client}:${write}`;
    return Promise.all(
      this.proxies.map(({ endpoints }, i) => Writers.start(endpoints[0], CLIENTS, keyOf(i))),
    );
  }

  async stop(): Promise<void> {
    await Promise.all(this.proxies.map((proxy) => proxy.stop()));
    await this.keeper.stop();
    await this.shard.stop();
  }
}

async function startProxy({ pool }: Keeper): Promise<Shardmux> {
  const lines = [`listen: 127.0.0.1:${await freePort()}`, `timeout: ${TIMEOUT}`, ...pool];
  return Shardmux.start(['pools:', '  alpha:', ...lines.map((line) => `    ${line}`), ''].join('\n'));
}
