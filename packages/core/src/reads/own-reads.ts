import type { CommandSpec } from '@shardmux/plugin-api';
import type { ServerNode } from '../dispatch/server-node.js';
import type { Request } from '../request/request.js';
import type { Sender } from '../request/sender.js';
import { OwnWrites } from './own-writes.js';
import type { PoolReads } from './pool-reads.js';
import { type DeferringLink, ShardReads } from './shard-reads.js';

/** Where a session reads: what it has under way on replicas, by their shards, and what they are to have for it. */
export class OwnReads {
  readonly #pool: PoolReads;
  readonly #sender: Sender;
  /** `null` where its reads need not find them. */
  readonly #writes: OwnWrites | null;
  /** By the primary's ordinal. */
  readonly #byPrimary: ShardReads[] = [];
  /** By the complement of the replica's ordinal. */
  readonly #byReplica: ShardReads[] = [];
  /** Likewise. */
  readonly #primaries: ServerNode[] = [];

  constructor(pool: PoolReads, sender: Sender) {
    this.#pool = pool;
    this.#sender = sender;
    this.#writes = pool.followsWrites ? new OwnWrites() : null;
  }

  /** Where it reads what is on `owner`; `null`: nowhere. */
  serverFor(owner: ServerNode): ServerNode | null {
    const node = this.#pool.serverFor(owner, this.#sender, this.#writes);
    if (node !== null && node !== owner) this.#begin(owner, node);
    return node;
  }

  /** From here on the session reads on this replica. None of its reads is under way there for another primary. */
  #begin(primary: ServerNode, replica: ServerNode): void {
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

  /** As the sender is told. */
  sent(server: number, spec: CommandSpec): void {
    if (server < 0) this.#byReplica[~server].sent(~server);
    else if (!spec.readonly) this.mayWriteTo(server);
  }

  returned(server: number, spec: CommandSpec): void {
    if (server < 0) this.#byReplica[~server].returned(~server);
    else if (!spec.readonly) this.wroteTo(server);
  }

  /** A write to a primary, or a connection for writes, is under way … */
  mayWriteTo(server: number): void {
    this.#writes?.sent(server);
  }

  /** … and is over. */
  wroteTo(server: number): void {
    this.#writes?.returned(server, this.#pool.now);
  }
}
