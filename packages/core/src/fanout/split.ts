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
import { KeyGroups } from './key-groups.js';
import type { SplitSender } from './split-sender.js';

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
  readonly #groups = new KeyGroups();
  /** By fragment. */
  readonly #nodes: ServerNode[] = [];
  #parent: Request | null = null;
  #sender: SplitSender | null = null;
  #owed = 0;

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
    const count = this.#groups.group(sender.codec.splitter, table, command);
    if (count === MISROUTED) {
      this.#home.release(this);
      sender.fail(parent, 'misrouted');
      return;
    }
    if (count === 1) {
      const node = table.nodes[this.#groups.nodeOf[0]];
      this.#home.release(this);
      sender.serve(parent, command, node);
      return;
    }
    if (!this.#findServers(sender, table, command, count)) {
      this.#home.release(this);
      sender.fail(parent, 'noReplica');
      return;
    }
    this.#begin(sender, parent, count);
    this.#write(sender, parent, command, count);
    this.#send(sender, parent);
  }

  /** False: no server may be read from by one of the fragments. */
  #findServers(
    sender: SplitSender,
    table: RouteTable<ServerNode>,
    { spec }: DecodedCommand,
    count: number,
  ): boolean {
    this.#nodes.length = 0;
    for (let f = 0; f < count; f++) {
      const node = sender.serverFor(table.nodes[this.#groups.nodeOf[f]], spec);
      if (node === null) return false;
      this.#nodes.push(node);
    }
    return true;
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
    this.#groups.takeAll(count);
    this.#nodes.length = 0;
    this.#nodes.push(...table.nodes);
    this.#begin(sender, parent, count);
    const { bytes, start, end, spec } = command;
    for (let f = 0; f < count; f++) {
      const request = this.#add(sender, parent, f, spec, end - start);
      copyBytes(bytes, start, end, request.bytes as Buffer, request.start);
    }
    this.#send(sender, parent);
  }

  #begin(sender: SplitSender, parent: Request, count: number): void {
    sender.counters[PoolField.fragments] += count;
    parent.holders++;
    this.#parent = parent;
    this.#sender = sender;
    this.#owed = count;
  }

  /** A fragment, with room for its bytes in its link's memory. */
  #add(sender: SplitSender, parent: Request, fragment: number, spec: CommandSpec, length: number): Request {
    const request = this.#engine.requests.acquire(this, sender, spec);
    request.fragment = fragment;
    request.queuedAt = parent.queuedAt;
    this.#fragments.push(request);
    this.#nodes[fragment].linkOf(sender).reserve(request, length);
    return request;
  }

  /** Writes every fragment straight into its link's memory. */
  #write(sender: SplitSender, parent: Request, command: DecodedCommand, count: number): void {
    const { splitter } = sender.codec;
    const { spec, bytes } = command;
    const { parts, partBytes, fragmentOfKey } = this.#groups;
    for (let f = 0; f < count; f++) {
      const head = splitter.headLength(spec, parts[f]);
      const request = this.#add(sender, parent, f, spec, head + partBytes[f]);
      splitter.writeHead(spec, parts[f], request.bytes as Buffer, request.start);
      // From here on it says where the next part goes.
      partBytes[f] = request.start + head;
    }
    let key = 0;
    while (key < command.keyCount) {
      const f = fragmentOfKey[key];
      const start = splitter.partStart(command, key);
      let end = splitter.partEnd(command, key++);
      // Parts that stand side by side are one copy: the call costs more than the bytes.
      while (this.#follows(f, key, end, splitter, command)) end = splitter.partEnd(command, key++);
      partBytes[f] = copyBytes(bytes, start, end, this.#fragments[f].bytes as Buffer, partBytes[f]);
    }
  }

  /** Whether the part of key number `key` goes to the fragment as well, and begins at `end`. */
  #follows(fragment: number, key: number, end: number, splitter: Splitter, command: DecodedCommand): boolean {
    return (
      key < command.keyCount &&
      this.#groups.fragmentOfKey[key] === fragment &&
      splitter.partStart(command, key) === end
    );
  }

  #send(sender: SplitSender, parent: Request): void {
    if (sender.watch !== null) this.#watch(sender.watch, parent);
    const isRead = (this.#fragments[0].spec as CommandSpec).readonly;
    const count = this.#fragments.length;
    for (let f = 0; f < count; f++) {
      const node = this.#nodes[f];
      if (!isRead) sender.writesTo(node);
      const link = node.linkOf(sender);
      if (link.isFull) sender.full(node, link);
      // A link may refuse at once, and with the last refusal this split is over.
      sender.queue(node, link, this.#fragments[f]);
    }
  }

  #watch(watch: Watch, parent: Request): void {
    for (const fragment of this.#fragments) {
      const index = fragment.fragment;
      watch.beginFragment(fragment, this.#groups.parts[index], this.#nodes[index], parent);
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

  /** Lets go of room that only a very large command needed. */
  trim(): void {
    this.#groups.trim();
  }

  // ─── FragmentReplies ──────────────────────────────────────────────────────

  get count(): number {
    return this.#fragments.length;
  }

  get keyCount(): number {
    return this.#groups.keyCount;
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
    return this.#groups.fragmentOfKey[key];
  }
}
