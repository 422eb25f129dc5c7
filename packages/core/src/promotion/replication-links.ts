import {
  type Endpoint,
  formatEndpoint,
  type Replication,
  type ReplicationState,
  type RoleChange,
} from '@shardmux/plugin-api';
import type { NumberedClasses } from '../dispatch/server-node.js';
import { SideLink } from '../dispatch/side-link.js';

/** How long a server may take to answer, in ms. */
const PATIENCE = 500;

/** Looked at when a server is asked. */
interface ClassesOwner {
  readonly linkClasses: NumberedClasses;
}

/** Asks any server of a pool how replication stands there, and tells it what to do. */
export class ReplicationLinks {
  readonly #pool: ClassesOwner;
  readonly #replication: Replication;
  /** By address. */
  readonly #links = new Map<string, SideLink>();

  constructor(pool: ClassesOwner, replication: Replication) {
    this.#pool = pool;
    this.#replication = replication;
  }

  /** @returns `null` where it does not say in time. */
  async stateOf(endpoint: Endpoint): Promise<ReplicationState | null> {
    const { question } = this.#replication;
    try {
      const reply = await this.#to(endpoint).ask(question, 1, PATIENCE);
      return this.#replication.read(reply, 0, reply.length);
    } catch {
      return null;
    }
  }

  /** Whether it answered; what it has become of it, it says when it is asked. */
  async change(endpoint: Endpoint, { request, replies }: RoleChange): Promise<boolean> {
    try {
      await this.#to(endpoint).ask(request, replies, PATIENCE);
      return true;
    } catch {
      return false;
    }
  }

  #to(endpoint: Endpoint): SideLink {
    const address = formatEndpoint(endpoint);
    const link = this.#links.get(address) ?? new SideLink(this.#pool.linkClasses.at(0), endpoint);
    this.#links.set(address, link);
    return link;
  }

  /** Lets go of all others. */
  keep(endpoints: readonly Endpoint[]): void {
    const kept = new Set(endpoints.map(formatEndpoint));
    for (const [address, link] of this.#links) {
      if (kept.has(address)) continue;
      link.close();
      this.#links.delete(address);
    }
  }

  close(): void {
    this.keep([]);
  }
}
