import {
  type CommandSpec,
  type DecodedCommand,
  type Failure,
  type FragmentReplies,
  ReplyClass,
  type ReplyClass as ReplyClassValue,
  type Splitter,
} from '@shardmux/plugin-api';
import { copyBytes } from '../bytes/copy.js';
import type { Slab } from '../bytes/slab.js';
import type { ServerNode } from '../dispatch/server-node.js';
import type { Engine } from '../engine.js';
import { holdReply, releaseReply } from '../request/held-reply.js';
import type { Request, RequestOwner } from '../request/request.js';
import { MISROUTED, type RouteTable } from '../routing/route-table.js';
import { PoolField } from '../stats/counters.js';
import type { Watch } from '../telemetry/watch.js';
import type { SplitSender } from './split-sender.js';

/** Keys that a split at rest keeps room for. */
const KEPT_KEYS = 256;

/**
 * One command spread over several nodes.
 *
 *   parent ──► group keys ──► fragment ──► link ──► reply ┐
 *                        ├──► fragment ──► link ──► reply ├──► merge ──► parent's owner
 *                        └──► fragment ──► link ──► fails ┘
 *
 * Keys are grouped by their node, or by their slot where servers refuse keys of several slots; a command that concerns
 * all keys goes to every node as it is. The parent settles when every fragment has, be it by an error or a timeout.
 * Splits are used again, with their tables, so that a command of a hundred keys allocates nothing once the process is
 * warm.
 */
export class Split implements RequestOwner, FragmentReplies {
  readonly #engine: Engine;
  readonly #home: { release(split: Split): void };
  readonly #fragments: Request[] = [];
  #parent: Request | null = null;
  #sender: SplitSender | null = null;
  #owed = 0;
  #keyCount = 0;
  #fragmentOfKey = new Uint16Array(KEPT_KEYS);
  /** By group: its fragment, or -1. Groups are nodes or slots. */
  #fragmentOf = new Int32Array(16).fill(-1);
  #groupOf = new Uint32Array(16);
  #nodeOf = new Uint16Array(16);
  #parts = new Uint32Array(16);
  #partBytes = new Uint32Array(16);

  /** @param home takes the split back when it is over. */
  constructor(engine: Engine, home: { release(split: Split): void }) {
    this.#engine = engine;
    this.#home = home;
  }

  scatter(
    sender: SplitSender,
    table: RouteTable<ServerNode>,
    parent: Request,
    command: DecodedCommand,
  ): void {
    const count = this.#group(sender, table, command);
    if (count === MISROUTED) {
      this.#home.release(this);
      sender.fail(parent, 'misrouted');
      return;
    }
    if (count === 1) {
      const node = table.nodes[this.#nodeOf[0]];
      this.#home.release(this);
      sender.forward(parent, command, node);
      return;
    }
    this.#begin(sender, parent, count);
    this.#write(sender, table, parent, command, count);
    this.#send(sender, table, parent, count);
  }

  /** Every node gets the whole command. */
  broadcast(
    sender: SplitSender,
    table: RouteTable<ServerNode>,
    parent: Request,
    command: DecodedCommand,
  ): void {
    const count = table.nodes.length;
    if (count === 1) {
      this.#home.release(this);
      sender.forward(parent, command, table.nodes[0]);
      return;
    }
    this.#makeRoom(count, table);
    this.#keyCount = 0;
    this.#begin(sender, parent, count);
    const { bytes, start, end, spec } = command;
    for (let f = 0; f < count; f++) {
      this.#nodeOf[f] = f;
      this.#parts[f] = 0;
      const request = this.#add(sender, table, parent, f, spec, end - start);
      copyBytes(bytes, start, end, request.bytes as Buffer, request.start);
    }
    this.#send(sender, table, parent, count);
  }

  #begin(sender: SplitSender, parent: Request, count: number): void {
    sender.counters[PoolField.fragments] += count;
    parent.holders++;
    this.#parent = parent;
    this.#sender = sender;
    this.#owed = count;
  }

  /** A fragment, with room for its bytes in its link's memory. */
  #add(
    sender: SplitSender,
    table: RouteTable<ServerNode>,
    parent: Request,
    fragment: number,
    spec: CommandSpec,
    length: number,
  ): Request {
    const request = this.#engine.requests.acquire(this, sender, spec);
    request.fragment = fragment;
    request.queuedAt = parent.queuedAt;
    this.#fragments.push(request);
    table.nodes[this.#nodeOf[fragment]].linkOf(sender).reserve(request, length);
    return request;
  }

  /** Notes for each key where it goes; returns how many fragments there are, or MISROUTED. */
  #group(sender: SplitSender, table: RouteTable<ServerNode>, command: DecodedCommand): number {
    const { splitter } = sender.codec;
    const { keyCount } = command;
    this.#makeRoom(keyCount, table);
    this.#keyCount = keyCount;
    let count = 0;
    let key = 0;
    for (; key < keyCount; key++) {
      const node = table.locate(command.bytes, command.keyStart(key), command.keyEnd(key));
      if (node < 0) break;
      const group = table.splitsBySlot ? this.#slotOf(table, command, key) : node;
      let fragment = this.#fragmentOf[group];
      if (fragment < 0) {
        fragment = count++;
        this.#fragmentOf[group] = fragment;
        this.#groupOf[fragment] = group;
        this.#nodeOf[fragment] = node;
        this.#parts[fragment] = 0;
        this.#partBytes[fragment] = 0;
      }
      this.#fragmentOfKey[key] = fragment;
      this.#parts[fragment]++;
      this.#partBytes[fragment] += splitter.partEnd(command, key) - splitter.partStart(command, key);
    }
    // Only what was used is wiped: there may be many thousand slots.
    for (let fragment = 0; fragment < count; fragment++) this.#fragmentOf[this.#groupOf[fragment]] = -1;
    return key < keyCount ? MISROUTED : count;
  }

  #slotOf(table: RouteTable<ServerNode>, command: DecodedCommand, key: number): number {
    return table.partitionOf(table.hashOf(command.bytes, command.keyStart(key), command.keyEnd(key)));
  }

  /** Writes every fragment straight into its link's memory. */
  #write(
    sender: SplitSender,
    table: RouteTable<ServerNode>,
    parent: Request,
    command: DecodedCommand,
    count: number,
  ): void {
    const { splitter } = sender.codec;
    const { spec, bytes } = command;
    for (let f = 0; f < count; f++) {
      const head = splitter.headLength(spec, this.#parts[f]);
      const request = this.#add(sender, table, parent, f, spec, head + this.#partBytes[f]);
      splitter.writeHead(spec, this.#parts[f], request.bytes as Buffer, request.start);
      // From here on it says where the next part goes.
      this.#partBytes[f] = request.start + head;
    }
    let key = 0;
    while (key < command.keyCount) {
      const f = this.#fragmentOfKey[key];
      const start = splitter.partStart(command, key);
      let end = splitter.partEnd(command, key++);
      // Parts that stand side by side are one copy: the call costs more than the bytes.
      while (this.#follows(f, key, end, splitter, command)) end = splitter.partEnd(command, key++);
      this.#partBytes[f] = copyBytes(
        bytes,
        start,
        end,
        this.#fragments[f].bytes as Buffer,
        this.#partBytes[f],
      );
    }
  }

  /** Whether the part of key number `key` goes to the fragment as well, and begins at `end`. */
  #follows(fragment: number, key: number, end: number, splitter: Splitter, command: DecodedCommand): boolean {
    return (
      key < command.keyCount &&
      this.#fragmentOfKey[key] === fragment &&
      splitter.partStart(command, key) === end
    );
  }

  #send(sender: SplitSender, table: RouteTable<ServerNode>, parent: Request, count: number): void {
    if (sender.watch !== null) this.#watch(sender.watch, table, parent);
    for (let f = 0; f < count; f++) {
      const link = table.nodes[this.#nodeOf[f]].linkOf(sender);
      if (link.isFull) sender.full(link);
      // A link may refuse at once, and with the last refusal this split is over.
      link.queue(this.#fragments[f]);
    }
  }

  #watch(watch: Watch, table: RouteTable<ServerNode>, parent: Request): void {
    for (const fragment of this.#fragments) {
      const index = fragment.fragment;
      watch.beginFragment(fragment, this.#parts[index], table.nodes[this.#nodeOf[index]], parent);
    }
  }

  fail(request: Request, failure: Failure): void {
    request.failure = failure;
    const reply = (this.#sender as SplitSender).codec.failureReply(failure);
    this.settle(request, reply, 0, reply.length, ReplyClass.error);
  }

  settle(request: Request, bytes: Uint8Array, start: number, end: number, replyClass: ReplyClassValue): void {
    holdReply(this.#engine.held, request, bytes, start, end);
    request.replyClass = replyClass;
    if (--this.#owed === 0) this.#finish();
  }

  #finish(): void {
    const parent = this.#parent as Request;
    if (!parent.answered) this.#settleParent(this.#sender as SplitSender, parent);
    for (const fragment of this.#fragments) {
      releaseReply(this.#engine.held, fragment);
      this.#engine.requests.release(fragment);
    }
    this.#fragments.length = 0;
    this.#parent = null;
    this.#sender = null;
    this.#engine.requests.release(parent);
    this.#home.release(this);
  }

  #settleParent(sender: SplitSender, parent: Request): void {
    const { merger } = sender.codec;
    const spec = this.#fragments[0].spec as CommandSpec;
    const bound = merger.mergedBound(spec, this);
    const slab = this.#engine.held.reserve(bound);
    const start = slab.fill - bound;
    const end = merger.merge(spec, this, slab.bytes, start);
    if (end < 0) sender.fail(parent, 'garbage');
    else parent.owner?.settle(parent, slab.bytes, start, end, this.#mergedClass(parent));
    this.#engine.held.release(slab);
  }

  /** The parent learns from the first fragment that came to nothing why it did, as the merged reply does. */
  #mergedClass(parent: Request): ReplyClassValue {
    let failed: Request | null = null;
    let applied = 0;
    for (const fragment of this.#fragments) {
      if (fragment.replyClass === ReplyClass.ok) applied++;
      else failed ??= fragment;
    }
    if (failed === null) return ReplyClass.ok;
    parent.failure = failed.failure;
    parent.attempts = failed.attempts;
    parent.applied = applied;
    parent.shards = this.count;
    return ReplyClass.error;
  }

  #makeRoom(keys: number, table: RouteTable<ServerNode>): void {
    if (keys > this.#fragmentOfKey.length) this.#fragmentOfKey = new Uint16Array(keys * 2);
    const groups = table.splitsBySlot ? table.partitions : table.nodes.length;
    if (groups > this.#fragmentOf.length) this.#fragmentOf = new Int32Array(groups).fill(-1);
    const fragments = Math.min(keys, groups);
    if (fragments > this.#nodeOf.length) {
      this.#groupOf = new Uint32Array(fragments);
      this.#nodeOf = new Uint16Array(fragments);
      this.#parts = new Uint32Array(fragments);
      this.#partBytes = new Uint32Array(fragments);
    }
  }

  /** Lets go of room that only a very large command needed. */
  trim(): void {
    if (this.#fragmentOfKey.length > KEPT_KEYS) this.#fragmentOfKey = new Uint16Array(KEPT_KEYS);
    if (this.#nodeOf.length > KEPT_KEYS) {
      this.#groupOf = new Uint32Array(16);
      this.#nodeOf = new Uint16Array(16);
      this.#parts = new Uint32Array(16);
      this.#partBytes = new Uint32Array(16);
    }
  }

  // ─── FragmentReplies ──────────────────────────────────────────────────────

  get count(): number {
    return this.#fragments.length;
  }

  get keyCount(): number {
    return this.#keyCount;
  }

  bytes(fragment: number): Uint8Array {
    return (this.#fragments[fragment].replySlab as Slab).bytes;
  }

  start(fragment: number): number {
    return this.#fragments[fragment].replyStart;
  }

  end(fragment: number): number {
    return this.#fragments[fragment].replyEnd;
  }

  replyClass(fragment: number): ReplyClassValue {
    return this.#fragments[fragment].replyClass;
  }

  fragmentOf(key: number): number {
    return this.#fragmentOfKey[key];
  }
}
