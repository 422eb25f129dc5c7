import {
  type Codec,
  type CommandSpec,
  type DecodedCommand,
  type Errand,
  type Failure,
  Handling,
  type KeyRanges,
  type LinkState,
  type Run,
} from '@shardmux/plugin-api';
import { copyBytes } from '../bytes/copy.js';
import type { Link } from '../dispatch/link.js';
import type { ServerNode } from '../dispatch/server-node.js';
import type { ErrandSender } from '../errand/errand-sender.js';
import { Errands } from '../errand/errands.js';
import type { SplitSender } from '../fanout/split-sender.js';
import { OwnReads } from '../reads/own-reads.js';
import type { Request } from '../request/request.js';
import { CROSS_NODE, MISROUTED, type RouteTable } from '../routing/route-table.js';
import { PoolField } from '../stats/counters.js';
import type { Watch } from '../telemetry/watch.js';
import type { Destination } from './destination.js';
import type { SessionOwner } from './session-owner.js';

/** What is sent as it is: a command, or a run of them. */
type Whole = Pick<DecodedCommand, 'bytes' | 'start' | 'end'>;

/**
 * One conversation: which links it uses, what it has under way, and when it must wait.
 *
 *          waitFor a full link, where the owner asks for it
 *   ready ─────────────────────────► waits for room ──────┐
 *     │ other routes or links, requests under way         ├─ wake ──► ready
 *     ├────────────────────────────► waits for the mark ──┤
 *     └─ an errand ────────────────► is held ─────────────┘
 *
 * Waiting for the mark: after a change of routes or of the links' state, the next request goes out only when all that
 * the session sent before is answered. So nothing overtakes, whichever key moved.
 *
 * The file is long, for all ways out go by the same routes, links and hold of the moment, and pay no call to ask.
 */
export class Session implements ErrandSender, SplitSender {
  readonly #destination: Destination;
  readonly number: number;
  readonly #owner: SessionOwner;
  #table: RouteTable<ServerNode> | null;
  /** Which of a node's links it uses; `#wanted` is what it is to use from the mark on. */
  linkClass = 0;
  #wanted = 0;
  #outstanding = 0;
  #waitsForRoom = false;
  #isHeld = false;
  isPutOff = false;
  #errands: Errands | null = null;
  isEnded = false;
  /** By the servers' ordinals. */
  readonly #written: ServerNode[] = [];
  /** `null` where all are on primaries. */
  readonly #reads: OwnReads | null;
  /** Bytes of its requests that are not answered. */
  bytesInFlight = 0;
  lastLostWrite = 0;

  constructor(destination: Destination, number: number, owner: SessionOwner) {
    this.#destination = destination;
    this.number = number;
    this.#owner = owner;
    this.#table = destination.table;
    this.#reads = destination.reads === null ? null : new OwnReads(destination.reads, this);
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
    if (this.#waitsForRoom || this.#isHeld) return false;
    if (this.#table === this.#destination.table && this.linkClass === this.#wanted) return true;
    if (this.#outstanding > 0) return false;
    this.adopt();
    return true;
  }

  /** All that it sent is answered. */
  get isAtRest(): boolean {
    return this.#outstanding === 0;
  }

  /** Nothing is under way: it may change its routes and its links. */
  adopt(): void {
    const { linkClass } = this;
    if (linkClass !== this.#wanted) {
      this.linkClass = this.#wanted;
      this.#destination.retire(linkClass);
    }
    if (this.#table === this.#destination.table) return;
    this.#table = this.#destination.table;
    this.#destination.linkClasses.at(linkClass).own?.onLost();
  }

  /** From the mark on it uses links in this state. */
  useLinks(state: LinkState | null): void {
    const wanted = this.#destination.linkClasses.numberOf(state);
    if (wanted === this.#wanted) return;
    // It was never adopted.
    if (this.#wanted !== this.linkClass) this.#destination.retire(this.#wanted);
    this.#wanted = wanted;
  }

  /** Sends a command where its keys live; the reply goes to the request's owner, perhaps before this returns. */
  dispatch(request: Request, command: DecodedCommand): void {
    const { watch } = this.#destination;
    if (watch !== null) watch.begin(request, command.keyCount);
    const table = this.#table;
    if (table === null || command.keyCount !== 1 || command.handling !== Handling.forward) {
      this.#dispatchOther(request, command, table);
      return;
    }
    const index = table.locate(command.bytes, command.keyStart(0), command.keyEnd(0));
    if (index === MISROUTED) this.fail(request, 'misrouted');
    else if (this.#reads !== null) this.serve(request, command, table.nodes[index]);
    else this.#sendTo(table.nodes[index], request, command.bytes, command.start, command.end);
  }

  /** All but a command with one key: apart, so that this one's way is short enough to be compiled as a whole. */
  #dispatchOther(request: Request, command: DecodedCommand, table: RouteTable<ServerNode> | null): void {
    const { handling, keyCount } = command;
    if (table === null) {
      this.fail(request, 'refused');
    } else if (handling === Handling.channel && this.#destination.channels === 'one') {
      this.#forwardTo(0, table, request, command);
    } else if (handling === Handling.split && keyCount > 1) {
      this.#destination.splits.acquire().scatter(this, table, request, command);
    } else if (handling === Handling.allNodes) {
      this.#destination.splits.acquire().broadcast(this, table, request, command);
    } else {
      const owner = table.locateAll(command);
      if (owner === CROSS_NODE) this.#gather(request, command);
      else if (owner >= 0 && handling === Handling.forward && keyCount > 1)
        this.serve(request, command, table.nodes[owner]);
      else this.#forwardTo(owner, table, request, command);
    }
  }

  /** @param index what the table answered. */
  #forwardTo(index: number, table: RouteTable<ServerNode>, request: Request, command: Whole): void {
    if (index >= 0) this.forward(request, command, table.nodes[index]);
    else this.fail(request, index === MISROUTED ? 'misrouted' : 'crossSlot');
  }

  /** What an errand dispatches cannot be an errand as well. */
  #gather(request: Request, command: DecodedCommand): void {
    const errand = this.#isHeld ? null : this.#destination.gather(command);
    if (errand === null) this.fail(request, 'crossSlot');
    else this.#begin(request, errand);
  }

  forward(request: Request, command: Whole, node: ServerNode): void {
    this.#sendTo(node, request, command.bytes, command.start, command.end);
  }

  serve(request: Request, command: Whole, owner: ServerNode): void {
    const node = this.serverFor(owner, request.spec as CommandSpec);
    if (node === null) this.fail(request, 'noReplica');
    else this.forward(request, command, node);
  }

  /** What an errand reads, and what is remembered on the links of a session alone, is the primary's affair. */
  serverFor(owner: ServerNode, spec: CommandSpec): ServerNode | null {
    if (this.#reads === null || !spec.readonly || this.#isHeld) return owner;
    if (this.#destination.linkClasses.at(this.linkClass).own !== null) return owner;
    return this.#reads.serverFor(owner);
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
    this.#forwardTo(table.locateAll(run), table, request, run);
  }

  /** Of the link that a command with these keys would take now; `null` where that is none, or it is not open. */
  connectionFor(keys: KeyRanges): object | null {
    const table = this.#table;
    const node = table?.nodes[table.locateAll(keys)];
    return node?.linkOf(this).connection ?? null;
  }

  /** The request's reply is the errand's, for which everything that comes after it waits. The session must be ready. */
  run(request: Request, errand: Errand): void {
    this.#destination.watch?.begin(request, 0);
    this.#begin(request, errand);
  }

  #begin(request: Request, errand: Errand): void {
    this.#errands ??= new Errands(this, this.#destination);
    this.#isHeld = true;
    this.#errands.begin(request, errand);
  }

  /** Takes nothing until then: the time of a command has not come. */
  hold(until: Promise<void>): void {
    this.#isHeld = true;
    this.isPutOff = true;
    void until.then(() => {
      this.isPutOff = false;
      this.release();
    });
  }

  /** Nothing waits for an errand any more. */
  release(): void {
    this.#isHeld = false;
    if (this.isEnded) this.#leaveLinks();
    else this.#owner.wake();
  }

  /** An errand waits for its turn, or is under way; or a command's time has not come. */
  get isHeld(): boolean {
    return this.#isHeld;
  }

  get isSerial(): boolean {
    return this.#owner.isSerial;
  }

  /** Waits for other clients, on a connection of its own. */
  get isBlocked(): boolean {
    return this.#errands?.isBlocked ?? false;
  }

  /** Its owner is gone. An errand keeps its links to its end, so that nothing is left half done, but for one that blocks. */
  end(): void {
    this.isEnded = true;
    if (!this.#isHeld) this.#leaveLinks();
    else if (this.isBlocked) this.#errands?.end();
  }

  #leaveLinks(): void {
    this.#errands?.end();
    for (const linkClass of [this.#wanted, this.linkClass]) this.#destination.retire(linkClass);
  }

  /** Sends bytes that the caller has routed: a command, or a run with its count of replies in the request. */
  dispatchTo(node: ServerNode, request: Request, bytes: Uint8Array, start: number, end: number): void {
    this.#destination.watch?.begin(request, 0);
    this.#sendTo(node, request, bytes, start, end);
  }

  /** It may change something there. */
  writesTo(node: ServerNode): void {
    this.#written[node.ordinal] = node;
  }

  /** A connection of its own to that server, on which it may write, is its from here on … */
  mayWriteTo(server: number): void {
    this.#reads?.mayWriteTo(server);
  }

  /** … and what it wrote there is over, as is a write. */
  wroteTo(server: number): void {
    this.#reads?.wroteTo(server);
  }

  /** The servers that it may have changed something on. */
  get written(): readonly ServerNode[] {
    return this.#written.filter((node) => node !== undefined);
  }

  #sendTo(node: ServerNode, request: Request, bytes: Uint8Array, start: number, end: number): void {
    if (!(request.spec as CommandSpec).readonly) this.writesTo(node);
    const { watch } = this.#destination;
    if (watch !== null) watch.routed(request, node);
    const link = node.linkOf(this);
    link.reserve(request, end - start);
    copyBytes(bytes, start, end, request.bytes as Buffer, request.start);
    this.queue(node, link, request);
    if (link.isFull) this.full(node, link);
  }

  queue(node: ServerNode, link: Link, request: Request): void {
    if (this.#reads === null || !this.#reads.defer(node, link, request)) link.queue(request);
  }

  full(node: ServerNode, link: Link): void {
    this.#owner.full(link, this.#reads?.primaryOf(node) ?? node);
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

  sent(bytes: number, spec: CommandSpec, server: number): void {
    this.#outstanding++;
    this.bytesInFlight += bytes;
    this.#reads?.sent(server, spec);
  }

  returned(bytes: number, spec: CommandSpec, server: number): void {
    this.bytesInFlight -= bytes;
    this.#reads?.returned(server, spec);
    if (--this.#outstanding > 0) return;
    this.#errands?.start();
    this.#owner.wake();
  }

  wake(): void {
    this.#waitsForRoom = false;
    this.#owner.wake();
  }
}
