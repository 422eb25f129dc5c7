import type { ServerNode } from '../dispatch/server-node.js';
import type { Request } from '../request/request.js';
import { type DeferringLink, ShardReads } from './shard-reads.js';

/** The reads that a session has under way on replicas, by their shards. */
export class OwnReads {
  /** By the primary's ordinal. */
  readonly #byPrimary: ShardReads[] = [];
  /** By the complement of the replica's ordinal. */
  readonly #byReplica: ShardReads[] = [];
  /** Likewise. */
  readonly #primaries: ServerNode[] = [];

  /** From here on the session reads on this replica. None of its reads is under way there for another primary. */
  begin(primary: ServerNode, replica: ServerNode): void {
    this.#byPrimary[primary.ordinal] ??= new ShardReads();
    this.#byReplica[~replica.ordinal] = this.#byPrimary[primary.ordinal];
    this.#primaries[~replica.ordinal] = primary;
  }

  /** Of whose data it has a copy, or itself. */
  primaryOf(node: ServerNode): ServerNode {
    return node.ordinal < 0 ? this.#primaries[~node.ordinal] : node;
  }

  /** Whether a request, whose bytes are in the link's memory, has to wait for reads; if not, it may be queued. */
  defer(node: ServerNode, link: DeferringLink, request: Request): boolean {
    const { ordinal } = node;
    const reads = ordinal < 0 ? undefined : this.#byPrimary[ordinal];
    return reads?.defer(link, request) ?? false;
  }

  /** @param server the ordinal of a replica. */
  sent(server: number): void {
    this.#byReplica[~server].sent(~server);
  }

  returned(server: number): void {
    this.#byReplica[~server].returned(~server);
  }
}
