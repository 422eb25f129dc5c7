import {
  type CommandSpec,
  type DecodedCommand,
  type FragmentReplies,
  ReplyClass,
  type ReplyClass as ReplyClassValue,
} from '@shardmux/plugin-api';
import { copyBytes } from '../bytes/copy.js';
import type { Slab } from '../bytes/slab.js';
import type { ServerNode } from '../dispatch/server-node.js';
import type { Engine } from '../engine.js';
import { holdReply, releaseReply } from '../request/held-reply.js';
import type { Request, RequestOwner } from '../request/request.js';
import type { RouteTable } from '../routing/route-table.js';
import { PoolField } from '../stats/counters.js';
import type { SplitSender } from './split-sender.js';

/** Keys that a split at rest keeps room for. */
const KEPT_KEYS = 256;

/**
 * One command spread over several nodes.
 *
 *   parent ──► group keys by node ──► fragment ──► link ──► reply ┐
 *                                ├──► fragment ──► link ──► reply ├──► merge ──► parent's owner
 *                                └──► fragment ──► link ──► fails ┘
 *
 * The parent settles when every fragment has, be it by an error or a timeout. Splits are used again, with their
 * tables, so that a command of a hundred keys allocates nothing once the process is warm.
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
  #fragmentOfNode = new Int16Array(16);
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
    if (count === 1) {
      const node = table.nodes[this.#nodeOf[0]];
      this.#home.release(this);
      sender.forward(parent, command, node);
      return;
    }
    sender.counters[PoolField.fragments] += count;
    parent.holders++;
    this.#parent = parent;
    this.#sender = sender;
    this.#owed = count;
    this.#write(sender, table, command, count);
    this.#send(sender, table, count);
  }

  /** Notes for each key where it goes; returns how many nodes there are to ask. */
  #group(sender: SplitSender, table: RouteTable<ServerNode>, command: DecodedCommand): number {
    const { splitter } = sender.codec;
    const { keyCount, bytes } = command;
    this.#makeRoom(keyCount, table.nodes.length);
    this.#keyCount = keyCount;
    let count = 0;
    for (let key = 0; key < keyCount; key++) {
      const node = table.locate(bytes, command.keyStart(key), command.keyEnd(key));
      let fragment = this.#fragmentOfNode[node];
      if (fragment < 0) {
        fragment = count++;
        this.#fragmentOfNode[node] = fragment;
        this.#nodeOf[fragment] = node;
        this.#parts[fragment] = 0;
        this.#partBytes[fragment] = 0;
      }
      this.#fragmentOfKey[key] = fragment;
      this.#parts[fragment]++;
      this.#partBytes[fragment] += splitter.partEnd(command, key) - splitter.partStart(command, key);
    }
    return count;
  }

  /** Writes every fragment straight into its link's memory. */
  #write(sender: SplitSender, table: RouteTable<ServerNode>, command: DecodedCommand, count: number): void {
    const { splitter } = sender.codec;
    const { spec, bytes } = command;
    for (let f = 0; f < count; f++) {
      const request = this.#engine.requests.acquire(this, sender, spec);
      request.fragment = f;
      this.#fragments.push(request);
      const head = splitter.headLength(spec, this.#parts[f]);
      table.nodes[this.#nodeOf[f]].linkOf(sender).reserve(request, head + this.#partBytes[f]);
      splitter.writeHead(spec, this.#parts[f], request.bytes as Buffer, request.start);
      // From here on it says where the next part goes.
      this.#partBytes[f] = request.start + head;
    }
    for (let key = 0; key < command.keyCount; key++) {
      const f = this.#fragmentOfKey[key];
      const start = splitter.partStart(command, key);
      const end = splitter.partEnd(command, key);
      this.#partBytes[f] = copyBytes(
        bytes,
        start,
        end,
        this.#fragments[f].bytes as Buffer,
        this.#partBytes[f],
      );
    }
  }

  #send(sender: SplitSender, table: RouteTable<ServerNode>, count: number): void {
    for (let f = 0; f < count; f++) {
      const link = table.nodes[this.#nodeOf[f]].linkOf(sender);
      if (link.isFull) sender.waitFor(link);
      // A link may refuse at once, and with the last refusal this split is over.
      link.queue(this.#fragments[f]);
    }
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
    else parent.owner?.settle(parent, slab.bytes, start, end, this.#mergedClass());
    this.#engine.held.release(slab);
  }

  #mergedClass(): ReplyClassValue {
    for (const fragment of this.#fragments) {
      if (fragment.replyClass !== ReplyClass.ok) return ReplyClass.error;
    }
    return ReplyClass.ok;
  }

  #makeRoom(keys: number, nodes: number): void {
    if (keys > this.#fragmentOfKey.length) this.#fragmentOfKey = new Uint16Array(keys * 2);
    if (nodes > this.#fragmentOfNode.length) {
      this.#fragmentOfNode = new Int16Array(nodes);
      this.#nodeOf = new Uint16Array(nodes);
      this.#parts = new Uint32Array(nodes);
      this.#partBytes = new Uint32Array(nodes);
    }
    this.#fragmentOfNode.fill(-1);
  }

  /** Lets go of room that only a very large command needed. */
  trim(): void {
    if (this.#fragmentOfKey.length > KEPT_KEYS) this.#fragmentOfKey = new Uint16Array(KEPT_KEYS);
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
