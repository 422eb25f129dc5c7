import { type Codec, type DecodedCommand, type Failure, Handling, type Run } from '@shardmux/plugin-api';
import type { Link } from '../dispatch/link.js';
import type { ServerNode } from '../dispatch/server-node.js';
import type { SplitSender } from '../fanout/split-sender.js';
import type { Request } from '../request/request.js';
import { MISROUTED, type RouteTable } from '../routing/route-table.js';
import { PoolField } from '../stats/counters.js';
import type { Watch } from '../telemetry/watch.js';
import type { Destination } from './destination.js';

/** Whose conversation it is: a proxy's connection, a client's instance. */
export interface SessionOwner {
  /** The session may be ready again. Must not dispatch at once, but later in the turn. */
  wake(): void;
  /**
   * A link that the session used is full. Told with every request that goes there, until it has room: `waitFor` stops
   * the whole session, `link.wait` tells when the link has room again. Must not dispatch.
   */
  full(link: Link): void;
}

/** What is sent as it is: a command, or a run of them. */
type Whole = Pick<DecodedCommand, 'bytes' | 'start' | 'end'>;

/** Any key will do for a command that has none; this one is Twemproxy's choice. */
const PLACEHOLDER = Buffer.from('placeholder');

/**
 * One conversation: which links it uses, what it has under way, and when it must wait.
 *
 *          waitFor a full link, where the owner asks for it
 *   ready ─────────────────────────► waits for room ──────┐
 *     │ the pool's table changed, requests under way      ├─ wake ──► ready
 *     └────────────────────────────► waits for the mark ──┘
 *
 * Waiting for the mark: after a change of routes, the next request goes out only when all that the session sent by
 * the old table is answered. So nothing overtakes, whichever key moved.
 */
export class Session implements SplitSender {
  readonly #destination: Destination;
  readonly number: number;
  readonly #owner: SessionOwner;
  #table: RouteTable<ServerNode> | null;
  #outstanding = 0;
  #waitsForRoom = false;
  /** Bytes of its requests that are not answered. */
  bytesInFlight = 0;
  lastLostWrite = 0;

  constructor(destination: Destination, number: number, owner: SessionOwner) {
    this.#destination = destination;
    this.number = number;
    this.#owner = owner;
    this.#table = destination.table;
  }

  get codec(): Codec {
    return this.#destination.codec;
  }

  get counters(): Float64Array {
    return this.#destination.counters;
  }

  get watch(): Watch | null {
    return this.#destination.watch;
  }

  /** To be asked before each dispatch. False: `wake` will be called. */
  get isReady(): boolean {
    if (this.#waitsForRoom) return false;
    if (this.#table === this.#destination.table) return true;
    if (this.#outstanding > 0) return false;
    this.#table = this.#destination.table;
    return true;
  }

  /** Sends a command where its keys live; the reply goes to the request's owner, perhaps before this returns. */
  dispatch(request: Request, command: DecodedCommand): void {
    const table = this.#table;
    const { watch } = this.#destination;
    if (watch !== null) watch.begin(request, command.keyCount);
    if (table === null) {
      this.fail(request, 'refused');
    } else if (command.handling === Handling.anyNode) {
      this.#forwardTo(table.locate(PLACEHOLDER, 0, PLACEHOLDER.length), table, request, command);
    } else if (command.keyCount === 1) {
      const node = table.locate(command.bytes, command.keyStart(0), command.keyEnd(0));
      this.#forwardTo(node, table, request, command);
    } else if (command.handling === Handling.split) {
      this.#destination.splits.acquire().scatter(this, table, request, command);
    } else if (command.handling === Handling.allNodes) {
      this.#destination.splits.acquire().broadcast(this, table, request, command);
    } else {
      this.#forwardTo(table.locateAll(command), table, request, command);
    }
  }

  /** @param index what the table answered. */
  #forwardTo(index: number, table: RouteTable<ServerNode>, request: Request, command: Whole): void {
    if (index >= 0) this.forward(request, command, table.nodes[index]);
    else this.fail(request, index === MISROUTED ? 'misrouted' : 'crossSlot');
  }

  forward(request: Request, command: Whole, node: ServerNode): void {
    this.#sendTo(node, request, command.bytes, command.start, command.end);
  }

  /** Sends commands that hold together where all their keys live; of their replies the last is the request's. */
  dispatchRun(request: Request, run: Run): void {
    this.#destination.watch?.begin(request, run.keyCount);
    const table = this.#table;
    if (table === null) {
      this.fail(request, 'refused');
      return;
    }
    request.replies = run.replies;
    const index =
      run.keyCount === 0 ? table.locate(PLACEHOLDER, 0, PLACEHOLDER.length) : table.locateAll(run);
    this.#forwardTo(index, table, request, run);
  }

  /** Sends bytes that the caller has routed: a command, or a run with its count of replies in the request. */
  dispatchTo(node: ServerNode, request: Request, bytes: Uint8Array, start: number, end: number): void {
    this.#destination.watch?.begin(request, 0);
    this.#sendTo(node, request, bytes, start, end);
  }

  #sendTo(node: ServerNode, request: Request, bytes: Uint8Array, start: number, end: number): void {
    const { watch } = this.#destination;
    if (watch !== null) watch.routed(request, node);
    const link = node.linkOf(this);
    link.send(request, bytes, start, end);
    if (link.isFull) this.full(link);
  }

  full(link: Link): void {
    this.#owner.full(link);
  }

  /** Not ready until the link has room. */
  waitFor(link: Link): void {
    if (this.#waitsForRoom) return;
    this.#waitsForRoom = true;
    link.wait(this);
  }

  fail(request: Request, failure: Failure): void {
    if (failure === 'refused') this.#destination.counters[PoolField.forwardError]++;
    request.owner?.fail(request, failure);
  }

  sent(bytes: number): void {
    this.#outstanding++;
    this.bytesInFlight += bytes;
  }

  returned(bytes: number): void {
    this.bytesInFlight -= bytes;
    if (--this.#outstanding === 0) this.#owner.wake();
  }

  wake(): void {
    this.#waitsForRoom = false;
    this.#owner.wake();
  }
}
