import { type DecodedCommand, type Failure, Handling, ReplyClass } from '@shardmux/plugin-api';
import type { ServerNode } from '../dispatch/server-node.js';
import type { Pool } from '../pool.js';
import type { Request } from '../request/request.js';
import type { RouteTable } from '../routing/route-table.js';
import { PoolField } from '../stats/counters.js';

/** Whose conversation it is: a proxy's connection, a client's instance. */
export interface SessionOwner {
  /** The session may be ready again. Must not dispatch at once, but later in the turn. */
  wake(): void;
}

/** Any key will do for a command that has none; this one is Twemproxy's choice. */
const PLACEHOLDER = Buffer.from('placeholder');

/**
 * One conversation: which links it uses, what it has under way, and when it must wait.
 *
 *          dispatch on a full link
 *   ready ─────────────────────────► waits for room ──────┐
 *     │ the pool's table changed, requests under way      ├─ wake ──► ready
 *     └────────────────────────────► waits for the mark ──┘
 *
 * Waiting for the mark: after a change of routes, the next request goes out only when all that the session sent by
 * the old table is answered. So nothing overtakes, whichever key moved.
 */
export class Session {
  readonly pool: Pool;
  readonly number: number;
  readonly #owner: SessionOwner;
  #table: RouteTable<ServerNode> | null;
  #outstanding = 0;
  #waitsForRoom = false;
  /** Bytes of its requests that are not answered. */
  bytesInFlight = 0;
  /** Used while the requests of a lost link are sorted. */
  lastLostWrite = 0;

  constructor(pool: Pool, number: number, owner: SessionOwner) {
    this.pool = pool;
    this.number = number;
    this.#owner = owner;
    this.#table = pool.table;
  }

  /** To be asked before each dispatch. False: `wake` will be called. */
  get isReady(): boolean {
    if (this.#waitsForRoom) return false;
    if (this.#table === this.pool.table) return true;
    if (this.#outstanding > 0) return false;
    this.#table = this.pool.table;
    return true;
  }

  /** Sends a command where its keys live; the reply goes to the request's owner, perhaps before this returns. */
  dispatch(request: Request, command: DecodedCommand): void {
    const table = this.#table;
    if (table === null) {
      this.fail(request, 'refused');
    } else if (command.handling === Handling.anyNode) {
      this.#forward(request, command, table, table.locate(PLACEHOLDER, 0, PLACEHOLDER.length));
    } else if (command.keyCount === 1) {
      this.#forward(
        request,
        command,
        table,
        table.locate(command.bytes, command.keyStart(0), command.keyEnd(0)),
      );
    } else if (command.handling === Handling.split) {
      this.pool.engine.splits.acquire().scatter(this, table, request, command);
    } else {
      const node = table.locateAll(command);
      if (node < 0) this.fail(request, 'crossSlot');
      else this.#forward(request, command, table, node);
    }
  }

  #forward(request: Request, command: DecodedCommand, table: RouteTable<ServerNode>, node: number): void {
    const link = table.nodes[node].linkOf(this);
    link.send(request, command.bytes, command.start, command.end);
    if (link.isFull) this.waitFor(link);
  }

  /** Takes no more requests until the link has room. */
  waitFor(link: { wait(session: Session): void }): void {
    if (this.#waitsForRoom) return;
    this.#waitsForRoom = true;
    link.wait(this);
  }

  /** Answers a request in the server's place. */
  fail(request: Request, failure: Failure): void {
    if (failure === 'refused') this.pool.counters[PoolField.forwardError]++;
    const reply = this.pool.codec.failureReply(failure);
    request.owner?.settle(request, reply, 0, reply.length, ReplyClass.error);
  }

  /** A link took one of its requests. */
  sent(bytes: number): void {
    this.#outstanding++;
    this.bytesInFlight += bytes;
  }

  /** A link let go of one. */
  returned(bytes: number): void {
    this.bytesInFlight -= bytes;
    if (--this.#outstanding === 0) this.#owner.wake();
  }

  wake(): void {
    this.#waitsForRoom = false;
    this.#owner.wake();
  }
}
