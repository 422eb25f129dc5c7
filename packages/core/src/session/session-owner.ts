import type { Link } from '../dispatch/link.js';
import type { ServerNode } from '../dispatch/server-node.js';

/** Whose conversation it is: a proxy's connection, a client's instance. */
export interface SessionOwner {
  /** The session may be ready again. Must not dispatch at once, but later in the turn. */
  wake(): void;
  /**
   * A link that the session used is full. Told with every request that goes there, until it has room: `waitFor` stops
   * the whole session, `link.wait` tells when the link has room again. Must not dispatch.
   * @param shard the primary of the keys that the link is used for, its own or that of a replica.
   */
  full(link: Link, shard: ServerNode): void;
  /** Its replies have an order: what comes behind a command that blocks waits for it. */
  readonly isSerial: boolean;
}
