import type { CoordinationEntry, CoordinationListener, CoordinationStore, Lease } from '@shardmux/plugin-api';
import { Reach } from '@shardmux/plugin-coordination-embedded';
import type { Server } from './connection.js';
import { NodeWatch } from './node-watch.js';
import { type Node, Nodes } from './nodes.js';
import { Paths } from './paths.js';
import type { Stat } from './protocol.js';
import { Session, type SessionOptions } from './session.js';
import { ZooKeeperLease } from './zookeeper-lease.js';

export interface ZooKeeperOptions {
  readonly connect: readonly Server[];
  /** The node that all keys are children of: `/shardmux`. */
  readonly prefix: string;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
}

/** Nothing depends on this session but watches, which are set anew on every connection. In ms. */
const TIMEOUT = 10_000;

/** The store's own session tells whether it is away. */
const unheard = { connected: () => {}, failed: () => {}, event: () => {} };

/**
 * Keys in ZooKeeper 3.5 or later.
 *
 * Versions of a node begin anew when it is deleted and created, and so an old one would fit again. Therefore a key that
 * is deleted leaves its node, with nothing in it.
 */
export class ZooKeeperStore implements CoordinationStore {
  readonly isShared = true;
  readonly #options: ZooKeeperOptions;
  readonly #paths: Paths;
  readonly #reach = new Reach();
  readonly #watches = new Set<NodeWatch>();
  readonly #leases = new Set<ZooKeeperLease>();
  #opened: Nodes | null = null;

  constructor(options: ZooKeeperOptions) {
    this.#options = options;
    this.#paths = new Paths(options.prefix);
  }

  start(listener: CoordinationListener): void {
    this.#reach.open(listener);
    this.#opened = this.#nodesOf({
      timeout: TIMEOUT,
      connected: () => {
        this.#reach.found();
        for (const watch of this.#watches) void watch.set();
      },
      failed: (error) => this.#reach.lost(error),
      expired: () => {},
      event: (path) => {
        for (const watch of this.#watches) watch.event(path);
      },
    });
  }

  async stop(): Promise<void> {
    this.#reach.close();
    for (const watch of this.#watches) watch.end();
    await Promise.all(Array.from(this.#leases, (lease) => lease.end()));
    await this.#opened?.session.close();
  }

  async get(key: string): Promise<CoordinationEntry | null> {
    const nodes = this.#nodes;
    await nodes.sync();
    return entryOf(await nodes.read(key));
  }

  async list(prefix: string): Promise<ReadonlyMap<string, CoordinationEntry>> {
    const nodes = this.#nodes;
    await nodes.sync();
    const keys = (await nodes.keys()).filter((key) => key.startsWith(prefix));
    const entries = await Promise.all(
      keys.map(async (key) => [key, entryOf(await nodes.read(key))] as const),
    );
    return new Map(entries.flatMap(([key, entry]) => (entry === null ? [] : [[key, entry]])));
  }

  async compareAndSet(key: string, expected: string | null, value: string): Promise<string | null> {
    const stat = expected === null ? await this.#setFirst(key, value) : await this.#set(key, value, expected);
    return stat && versionOf(stat);
  }

  async compareAndDelete(key: string, expected: string): Promise<boolean> {
    return (await this.#set(key, '', expected)) !== null;
  }

  watch(prefix: string, changed: () => void): () => void {
    const watch = new NodeWatch(this.#nodes.session, this.#paths, prefix, changed);
    this.#watches.add(watch);
    return () => {
      this.#watches.delete(watch);
      watch.end();
    };
  }

  async lease(ttl: number, onLost: () => void): Promise<Lease> {
    this.#reach.check();
    const connect = (expired: () => void) => this.#nodesOf({ ...unheard, timeout: ttl, expired });
    const ended = () => this.#leases.delete(lease);
    const lease = new ZooKeeperLease(connect, { ttl, onLost, ended });
    this.#leases.add(lease);
    await lease.open();
    return lease;
  }

  get #nodes(): Nodes {
    this.#reach.check();
    return this.#opened!;
  }

  #nodesOf(options: Omit<SessionOptions, 'servers' | 'credentials'>): Nodes {
    const { connect: servers, user, password = '' } = this.#options;
    const credentials = user === undefined ? null : `${user}:${password}`;
    return new Nodes(new Session({ ...options, servers, credentials }), this.#paths, credentials !== null);
  }

  async #set(key: string, value: string, expected: string): Promise<Stat | null> {
    const nodes = this.#nodes;
    const [, version] = /^\d+:(\d+)$/.exec(expected) ?? [];
    return version === undefined ? null : nodes.set(key, value, Number(version));
  }

  /** Of a key that is not there; its node may be. */
  async #setFirst(key: string, value: string): Promise<Stat | null> {
    const nodes = this.#nodes;
    const created = await nodes.create(key, value, false);
    if (created !== null) return created;
    const node = await nodes.read(key);
    return node?.value === '' ? nodes.set(key, value, node.stat.version) : null;
  }
}

function entryOf(node: Node | null): CoordinationEntry | null {
  return node === null || node.value === '' ? null : { value: node.value, version: versionOf(node.stat) };
}

/** The node's own version is what ZooKeeper compares; it begins anew with each node that a lease puts. */
function versionOf({ transaction, version }: Stat): string {
  return `${transaction}:${version}`;
}
