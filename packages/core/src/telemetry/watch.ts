import {
  type Codec,
  type CommandSpec,
  type Failure,
  type OperationObserver,
  ReplyClass,
} from '@shardmux/plugin-api';
import type { ServerNode } from '../dispatch/server-node.js';
import type { Request, RequestOwner } from '../request/request.js';

/**
 * Shows an observer each operation's two ends, by standing between a request and its owner.
 *
 *   session ── begin ──► observer.started ──► mark
 *   link ── settle, fail ──► Watched ──► observer.ended(mark) ──► owner
 *
 * Nobody watches: there is no Watch, and all that is paid is one comparison with `null`.
 */
export class Watch {
  readonly #observer: OperationObserver;
  readonly #codec: Codec;

  constructor(observer: OperationObserver, codec: Codec) {
    this.#observer = observer;
    this.#codec = codec;
  }

  /** A command, or a run of them that goes to one server as a whole. */
  begin(request: Request, keys: number): void {
    const { name } = request.spec as CommandSpec;
    this.#watch(request, this.#observer.started({ kind: 'command', name, size: keys }, request.batch));
  }

  beginFragment(fragment: Request, keys: number, node: ServerNode, parent: Request): void {
    const { name } = fragment.spec as CommandSpec;
    const within = parent.owner instanceof Watched ? parent.owner.mark : null;
    const mark = this.#observer.started({ kind: 'fragment', name, size: keys }, within);
    this.#watch(fragment, mark).node = node;
  }

  /** The request goes to this server. */
  routed(request: Request, node: ServerNode): void {
    if (request.owner instanceof Watched) request.owner.node = node;
  }

  ended(mark: unknown, node: ServerNode | null, failure: Failure | null, errorCode: string | null): void {
    this.#observer.ended(mark, { node: node === null ? null : node.description, failure, errorCode });
  }

  errorCode(bytes: Uint8Array, start: number, end: number): string {
    return this.#codec.errorCode(bytes, start, end);
  }

  #watch(request: Request, mark: unknown): Watched {
    const watched = new Watched(request.owner, mark, this);
    request.owner = watched;
    return watched;
  }
}

class Watched implements RequestOwner {
  readonly mark: unknown;
  node: ServerNode | null = null;
  readonly #owner: RequestOwner | null;
  readonly #watch: Watch;

  constructor(owner: RequestOwner | null, mark: unknown, watch: Watch) {
    this.#owner = owner;
    this.mark = mark;
    this.#watch = watch;
  }

  settle(request: Request, bytes: Uint8Array, start: number, end: number, replyClass: ReplyClass): void {
    const { failure } = request;
    const isServers = replyClass !== ReplyClass.ok && failure === null;
    const errorCode = isServers ? this.#watch.errorCode(bytes, start + request.lastReply, end) : null;
    this.#watch.ended(this.mark, this.node, failure, errorCode);
    this.#owner?.settle(request, bytes, start, end, replyClass);
  }

  fail(request: Request, failure: Failure): void {
    this.#watch.ended(this.mark, this.node, failure, null);
    this.#owner?.fail(request, failure);
  }
}
