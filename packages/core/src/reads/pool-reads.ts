import type {
  NodeDescription,
  ReadableServer,
  ReadPolicy,
  ReplicaDescription,
  Replication,
} from '@shardmux/plugin-api';
import { type NodeListener, type NumberedClasses, ServerNode } from '../dispatch/server-node.js';
import { Servers } from '../dispatch/servers.js';
import type { Engine } from '../engine.js';
import type { Logger } from '../logger.js';
import type { PoolOptions } from '../pool-options.js';
import type { Sender } from '../request/sender.js';
import type { OwnWrites } from './own-writes.js';
import { Reader } from './reader.js';
import { ReplicaClasses } from './replica-classes.js';
import { type ReadersPool, ShardReaders } from './shard-readers.js';

/** How often shards are looked at while a session waits for a replica, and while none does, in ms. */
const INTERVAL = 100;
const IDLE_INTERVAL = 1_000;

/** How long the start waits for replicas to be known, in ms. */
const PATIENCE = 1_000;

/** What the reads must know of their pool. */
export interface ReadsParts {
  readonly name: string;
  readonly engine: Engine;
  readonly replication: Replication;
  readonly policy: ReadPolicy;
  /** Where this process stands; `null`: nowhere in particular. */
  readonly zone: string | null;
  readonly classes: NumberedClasses;
  /** Links per replica. */
  readonly connections: number;
  readonly logger: Logger;
}

/** Where the reads of one pool go: its replicas, watched by shard. */
export class PoolReads implements NodeListener, ReadersPool {
  /** The replicas. */
  readonly servers: Servers;
  readonly #parts: ReadsParts;
  /** By the ordinals of the primaries. */
  #shards: ShardReaders[] = [];
  /** So that the first sessions of many processes do not keep to the same replica. */
  readonly #offset = Math.floor(Math.random() * 2 ** 16);
  #timer: NodeJS.Timeout | null = null;
  #started: (() => void) | null = null;
  #faultReported = false;

  constructor(parts: ReadsParts) {
    const { classes, connections, logger } = parts;
    const replicaClasses = new ReplicaClasses(classes);
    this.#parts = parts;
    this.servers = new Servers(
      (each, ordinal) => new ServerNode(each, ~ordinal, replicaClasses, connections, logger, this),
      null,
    );
  }

  /** `null` where the pool reads from its primaries alone. */
  static of(
    { name, reads, zone, connections, logger, codec }: Required<PoolOptions>,
    engine: Engine,
    classes: NumberedClasses,
  ): PoolReads | null {
    const { replication } = codec;
    if (!reads.usesReplicas || replication === undefined) return null;
    return new PoolReads({ name, engine, replication, policy: reads, zone, classes, connections, logger });
  }

  get followsWrites(): boolean {
    return this.#parts.policy.followsWrites;
  }

  /** Resolves when the replicas are known, but for those that keep one waiting. */
  start(): Promise<void> {
    const deadline = this.now + PATIENCE;
    this.#timer = setInterval(() => {
      this.#look();
      if (deadline <= this.now || this.#shards.every(({ isKnown }) => isKnown)) this.#started?.();
    }, INTERVAL);
    return new Promise((resolve) => {
      this.#started = resolve;
    });
  }

  #look(): void {
    const { now } = this;
    this.#shards.forEach((shard) => {
      if (!shard.isIdleSince(now - IDLE_INTERVAL)) shard.look();
    });
  }

  /** The primaries of a snapshot, and what it says of them. */
  adopt(primaries: readonly ServerNode[], descriptions: readonly NodeDescription[]): void {
    const replicas = descriptions.flatMap((shard) => (shard.replicas ?? []).map(asNode));
    const servers = this.servers.matching(replicas);
    this.servers.replace(servers, replicas);
    const known = this.#shards;
    this.#shards = [];
    let at = 0;
    primaries.forEach((primary, i) => {
      const count = descriptions[i].replicas?.length ?? 0;
      const before = known[primary.ordinal];
      const shard = before?.primary.node === primary ? before : new ShardReaders(this, primary);
      this.#shards[primary.ordinal] = shard;
      shard.adopt(servers.slice(at, at + count));
      at += count;
    });
  }

  /**
   * Where a session reads what is on `owner`; `null`: nowhere.
   * @param writes what it wrote, where it is to find that.
   */
  serverFor(owner: ServerNode, sender: Sender, writes: OwnWrites | null): ServerNode | null {
    const shard = this.#shards[owner.ordinal];
    // It leaves.
    if (shard === undefined) return owner;
    const count = shard.chosen.length;
    if (count === 0) return null;
    const first = sender.number + this.#offset;
    for (let i = 0; i < count; i++) {
      const reader = shard.chosen[(first + i) % count];
      if (reader.isPrimary) return owner;
      if (writes === null || writes.wereOverBefore(owner.ordinal, reader.hasAllUntil)) return reader.node;
    }
    shard.isAwaited = true;
    return owner;
  }

  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#started?.();
    this.servers.close();
  }

  // ─── ReadersPool ──────────────────────────────────────────────────────────

  get now(): number {
    return this.#parts.engine.turn.now;
  }

  makeReader(node: ServerNode, isPrimary: boolean, heard: (reader: Reader, askedAt: number) => void): Reader {
    const { zone, engine, replication } = this.#parts;
    return new Reader(node, isPrimary, zone, engine, replication, heard);
  }

  /** Where the policy makes no choice, the primary is read from. */
  choose(servers: readonly ReadableServer[]): readonly ReadableServer[] {
    const { policy, logger, name } = this.#parts;
    try {
      return policy.choose(servers);
    } catch (error) {
      if (!this.#faultReported)
        logger.error(`pool ${name}: reads go to the primaries: ${(error as Error).message}`);
      this.#faultReported = true;
      return servers.filter(({ isPrimary }) => isPrimary);
    }
  }

  judged(primary: ServerNode, replica: ServerNode, fault: string | null): void {
    const { logger, name } = this.#parts;
    const who = `pool ${name}: replica ${replica.name} of ${primary.name}`;
    if (fault === null) logger.info(`${who} is read from`);
    else logger.warn(`${who} is left out: ${fault}`);
  }

  // ─── NodeListener ─────────────────────────────────────────────────────────

  connected(): void {}

  disconnected(node: ServerNode): void {
    this.failed(node);
  }

  /** No failover policy hears of it: the shard is none the worse. */
  failed(node: ServerNode): void {
    this.#shards.forEach((shard) => {
      shard.lost(node);
    });
  }
}

/** A replica is placed by nothing. */
function asNode(replica: ReplicaDescription): NodeDescription {
  return { ...replica, weight: 0 };
}
