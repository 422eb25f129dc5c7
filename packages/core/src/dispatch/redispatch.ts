import {
  type Codec,
  type DecoderLimits,
  DecodeStatus,
  type Redirects,
  ReplyClass,
  type RequestDecoder,
  type TopologySource,
} from '@shardmux/plugin-api';
import type { Engine } from '../engine.js';
import type { Request } from '../request/request.js';
import type { Sender } from '../request/sender.js';
import type { RouteTable } from '../routing/route-table.js';
import type { Redispatcher } from './redispatcher.js';
import type { RequestHolder } from './request-holder.js';
import type { ServerNode } from './server-node.js';
import type { Servers } from './servers.js';

/** Servers that disagree send a request to and fro: after so many times in a row it waits. */
const MAX_REDIRECTS = 5;

/** How long a request waits before it is sent once more, in ms: the longer, the longer it is under way. */
const MIN_DELAY = 10;
const MAX_DELAY = 200;

/** How long a request may be under way, in ms, where the pool has no timeout. */
const PATIENCE = 5_000;

/** They passed a decoder before. */
const UNLIMITED: DecoderLimits = {
  maxArguments: 0x7fffffff,
  maxBulkLength: 0x7fffffff,
  maxInlineLength: 0x7fffffff,
  maxKeyLength: 0x7fffffff,
};

/** What it must know of its pool. */
export interface Routes {
  readonly engine: Engine;
  readonly codec: Codec;
  readonly topology: TopologySource;
  /** In force just now; `null` where no node is in service. */
  readonly table: RouteTable<ServerNode> | null;
  readonly servers: Servers;
  /** In ms; 0 for none. */
  readonly timeout: number;
}

/**
 * Sends requests on that a server has not served: their bytes are kept until they are answered.
 *
 *   reply of class moved, ask ──────────► the server that it names
 *   reply of class tryAgain, readOnly ──► parked ──► where its keys are by then
 *   lost by a server that leaves ───────► where its keys are by now
 *
 * Requests of one session for one key follow each other here as well: they were answered one after the other, and go
 * on by one link. One that is parked may be overtaken by those behind it, which its server answered otherwise.
 */
export class Redispatch implements Redispatcher {
  readonly #routes: Routes;
  readonly #decoder: RequestDecoder;
  readonly #parked: { readonly link: RequestHolder; readonly request: Request; readonly due: number }[] = [];
  #timer: NodeJS.Timeout | null = null;

  constructor(routes: Routes) {
    this.#routes = routes;
    this.#decoder = routes.codec.createDecoder(UNLIMITED, { open: true });
  }

  redirect(
    link: RequestHolder,
    request: Request,
    bytes: Uint8Array,
    start: number,
    end: number,
    reply: ReplyClass,
  ): boolean {
    const { topology, codec } = this.#routes;
    if (topology.refresh === undefined || reply === ReplyClass.notReady) return false;
    const isAsked = reply === ReplyClass.ask;
    if (!isAsked) topology.refresh(reply === ReplyClass.readOnly ? 'failed' : 'moved');
    const isNamed = isAsked || reply === ReplyClass.moved;
    const server = isNamed ? this.#targetOf(link, bytes, start, end) : undefined;
    if (server === undefined || ++request.redirects > MAX_REDIRECTS) return this.#park(link, request);
    const prelude = isAsked ? (codec.redirects as Redirects).asking : null;
    link.sendOn(request, server.linkOf(request.sender as Sender), prelude);
    return true;
  }

  /** Whom the reply names; it is none of the pool's as long as no snapshot says so, whatever a script may answer. */
  #targetOf(link: RequestHolder, bytes: Uint8Array, start: number, end: number): ServerNode | undefined {
    const { topology, codec, servers } = this.#routes;
    const target = codec.redirects?.target(bytes, start, end);
    if (!target || topology.endpointOf === undefined) return undefined;
    return servers.at(topology.endpointOf(target.host || link.host, target.port));
  }

  again(link: RequestHolder, request: Request): boolean {
    const server = this.#ownerOf(link, request);
    if (server === null) return false;
    link.sendOn(request, server.linkOf(request.sender as Sender), null);
    return true;
  }

  #ownerOf(link: RequestHolder, request: Request): ServerNode | null {
    const { table } = this.#routes;
    if (table === null) return null;
    const bytes = request.bytes as Buffer;
    let at = request.start + request.preludeLength;
    // A run has its keys in one of its commands, and all are of one server.
    while (at < request.end && this.#decoder.decode(bytes, at, request.end) === DecodeStatus.command) {
      if (this.#decoder.keyCount > 0) return table.nodes[table.locateAll(this.#decoder)] ?? null;
      at = this.#decoder.consumed;
    }
    return table.nodes.find(({ name }) => name === link.server) ?? null;
  }

  /** False: it has been under way for too long. */
  #park(link: RequestHolder, request: Request): boolean {
    const { engine, timeout } = this.#routes;
    const { now } = engine.turn;
    const age = now - request.queuedAt;
    const delay = Math.min(MAX_DELAY, Math.max(MIN_DELAY, age / 2));
    if (age + delay >= (timeout || PATIENCE)) return false;
    request.redirects = 0;
    this.#parked.push({ link, request, due: now + delay });
    this.#timer ??= setInterval(() => this.#wakeDue(), MIN_DELAY);
    return true;
  }

  #wakeDue(): void {
    const { now } = this.#routes.engine.turn;
    for (const parked of this.#parked.splice(0)) {
      const { link, request } = parked;
      if (parked.due > now) this.#parked.push(parked);
      else if (!this.again(link, request)) link.giveUp(request, 'refused');
    }
    if (this.#parked.length === 0) this.#stop();
  }

  #stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  /** What is parked fails. */
  close(): void {
    this.#stop();
    for (const { link, request } of this.#parked.splice(0)) link.giveUp(request, 'closed');
  }
}
