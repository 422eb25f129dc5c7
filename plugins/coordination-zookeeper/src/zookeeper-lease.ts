import { CoordinationError, type Lease } from '@shardmux/plugin-api';
import { LeaseTerm } from '@shardmux/plugin-coordination-embedded';
import type { Nodes } from './nodes.js';
import { requests } from './protocol.js';

export interface LeaseOptions {
  /** In ms. */
  readonly ttl: number;
  readonly onLost: () => void;
  /** It has ended, in whichever way. */
  readonly ended: () => void;
}

/**
 * A session of its own, with which its nodes vanish.
 *
 *   opening ──► live ──expired, the ttl is over──► lost
 *                └── end ──► ended
 */
export class ZooKeeperLease implements Lease {
  readonly #options: LeaseOptions;
  readonly #nodes: Nodes;
  #term: LeaseTerm | null = null;
  #isOver = false;

  /** @param connect opens its session, which is to tell when it has expired. */
  constructor(connect: (expired: () => void) => Nodes, options: LeaseOptions) {
    this.#options = options;
    this.#nodes = connect(() => this.#term?.lose());
  }

  /** @throws {CoordinationError} where there is no session to be had; then it has ended. */
  async open(): Promise<void> {
    const { ttl, onLost } = this.#options;
    const since = performance.now();
    try {
      await this.#nodes.sync();
      // It may have been stopped meanwhile.
      if (this.#isOver) throw new CoordinationError('STOPPED', 'the ZooKeeper store is stopped');
    } catch (error) {
      await this.end();
      throw error;
    }
    this.#term = new LeaseTerm({
      // The servers may grant less than they are asked for.
      ttl: Math.min(ttl, this.#nodes.session.timeout),
      since,
      renew: (timeout) => this.#renew(timeout),
      onLost: () => {
        void this.end();
        onLost();
      },
    });
  }

  get isLive(): boolean {
    return this.#term?.isLive === true;
  }

  async put(key: string, value: string): Promise<void> {
    try {
      while (this.isLive) if (await this.#tryToPut(key, value)) return;
    } catch (error) {
      if (this.isLive) throw error;
    }
    throw new CoordinationError('LEASE', `"${key}" cannot be put: the lease has ended`);
  }

  async end(): Promise<void> {
    this.#isOver = true;
    this.#term?.end();
    this.#options.ended();
    await this.#nodes.session.close();
  }

  /** False where somebody came between. */
  async #tryToPut(key: string, value: string): Promise<boolean> {
    if ((await this.#nodes.create(key, value, true)) !== null) return true;
    const node = await this.#nodes.read(key);
    if (node?.stat.owner === this.#nodes.session.id) {
      return (await this.#nodes.set(key, value, node.stat.version)) !== null;
    }
    await this.#nodes.delete(key);
    return false;
  }

  async #renew(timeout: number): Promise<boolean> {
    await this.#nodes.session.call(requests.exists('/', false), true, timeout);
    return true;
  }
}
