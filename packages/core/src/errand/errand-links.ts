import { FailureError, type LinkState } from '@shardmux/plugin-api';
import type { LeasedLink } from '../dispatch/private-link.js';
import type { ServerNode } from '../dispatch/server-node.js';
import type { ErrandPool } from './errand-pool.js';
import type { ErrandSender } from './errand-sender.js';

/** The links that one session has for itself, by its errands. */
export class ErrandLinks {
  readonly #session: ErrandSender;
  readonly #pool: ErrandPool;
  readonly #leased = new Set<LeasedLink>();
  /** How many links of its own the session may have. */
  #reserved = 0;

  constructor(session: ErrandSender, pool: ErrandPool) {
    this.#session = session;
    this.#pool = pool;
  }

  /** The session's links from here on; those that it has for itself count as private ones. */
  use(state: LinkState | null): void {
    const { table, privateLinks } = this.#pool;
    const count = state?.own === undefined ? 0 : (table?.nodes.length ?? 0);
    privateLinks.reserve(count - this.#reserved);
    this.#reserved = count;
    this.#session.useLinks(state);
    this.#session.adopt();
  }

  lease(server: ServerNode): LeasedLink {
    if (this.#session.isEnded) throw new FailureError('closed');
    const link = this.#pool.privateLinks.lease(server, this.#session.linkClass);
    this.#leased.add(link);
    this.#session.mayWriteTo(server.ordinal);
    link.onReturned = () => {
      this.#leased.delete(link);
      this.#session.wroteTo(server.ordinal);
    };
    return link;
  }

  /** What waits on them fails. */
  close(): void {
    for (const link of this.#leased) link.close();
    this.#pool.privateLinks.reserve(-this.#reserved);
    this.#reserved = 0;
  }
}
