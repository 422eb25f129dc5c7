import type { Failure, ObservedNode } from '@shardmux/plugin-api';
import { ClientError, closedError } from '../errors.js';
import type { PoolListener } from './shared-pool.js';

export type ClientStatus = 'wait' | 'connecting' | 'connect' | 'ready' | 'close' | 'reconnecting' | 'end';

/** An `error` event: which server it is about stands in `node`. */
export class ConnectionError extends ClientError {
  readonly node: ObservedNode;

  constructor(node: ObservedNode, failure: Failure, cause: Error | null) {
    const why = cause?.message ?? (failure === 'closed' ? 'the server closed the connection' : failure);
    const code = failure === 'closed' ? 'SHARDMUX_CONNECTION_LOST' : 'SHARDMUX_UNREACHABLE';
    super(code, `server ${node.name}: ${why}`, cause === null ? undefined : { cause });
    this.node = node;
  }
}

/**
 * What a client tells of its connections, all servers taken together.
 *
 *   wait ──► connecting ──► connect ──► ready ──► close ──► reconnecting ──► connect …
 *                           one server   each server     no server
 *                           is there     was tried       is there            ──► end
 */
export class Lifecycle implements PoolListener {
  status: ClientStatus = 'wait';
  readonly #emit: (event: string, ...args: unknown[]) => void;
  readonly #delay: () => number | null;
  readonly #onGivenUp: (cause: Error) => void;
  readonly #open = new Map<string, number>();
  readonly #tried = new Set<string>();
  readonly #givenUp = new Set<string>();
  readonly #waiters: { resolve(): void; reject(error: Error): void }[] = [];
  #nodes: readonly ObservedNode[] = [];
  #lastError: Error | null = null;

  /**
   * @param delay ms until the next attempt to connect to the server that was lost just now; `null` for never.
   * @param onGivenUp no server is there, and none is tried any more.
   */
  constructor(
    emit: (event: string, ...args: unknown[]) => void,
    delay: () => number | null,
    onGivenUp: (cause: Error) => void,
  ) {
    this.#emit = emit;
    this.#delay = delay;
    this.#onGivenUp = onGivenUp;
  }

  connecting(): void {
    this.#become('connecting');
  }

  /** Resolves when the client is ready; rejects when it ends. */
  whenReady(): Promise<void> {
    if (this.status === 'ready') return Promise.resolve();
    if (this.status === 'end') return Promise.reject(this.#lastError ?? closedError());
    return new Promise((resolve, reject) => this.#waiters.push({ resolve, reject }));
  }

  end(cause: Error | null): void {
    if (this.status === 'end') return;
    if (this.#openCount > 0) this.#become('close');
    this.#become('end');
    for (const { reject } of this.#waiters.splice(0)) reject(cause ?? this.#lastError ?? closedError());
  }

  /** Nodes that are there already, to one who came later. */
  adopt(nodes: readonly { readonly node: ObservedNode; readonly connections: number }[]): void {
    this.topologyChanged(
      0,
      nodes.map(({ node }) => node),
    );
    for (const { node, connections } of nodes) {
      for (let i = 0; i < connections; i++) this.connected(node);
    }
  }

  // ─── PoolListener ─────────────────────────────────────────────────────────

  connected(node: ObservedNode): void {
    this.#givenUp.delete(node.name);
    this.#open.set(node.name, (this.#open.get(node.name) ?? 0) + 1);
    if (this.status !== 'connect' && this.status !== 'ready') this.#become('connect');
    this.#checkReady();
  }

  disconnected(node: ObservedNode, failure: Failure, wasOpen: boolean, error: Error | null): void {
    if (this.status === 'end') return;
    if (wasOpen) this.#open.set(node.name, Math.max(0, (this.#open.get(node.name) ?? 0) - 1));
    this.#tried.add(node.name);
    const delay = this.#delay();
    if (delay === null) this.#givenUp.add(node.name);
    this.#lastError = new ConnectionError(node, failure, error);
    this.#emit('error', this.#lastError);
    if (this.#openCount > 0) this.#checkReady();
    else this.#lostAll(this.#lastError, delay);
  }

  topologyChanged(_epoch: number, nodes: readonly ObservedNode[]): void {
    const before = this.#nodes;
    this.#nodes = nodes;
    const isIn = (list: readonly ObservedNode[], { name }: ObservedNode) =>
      list.some((each) => each.name === name);
    for (const node of before) if (!isIn(nodes, node)) this.#emit('-node', node);
    for (const node of nodes) if (!isIn(before, node)) this.#emit('+node', node);
  }

  /** A server that leaves service loses its connections, and nobody hears of each. */
  failover(node: ObservedNode, probeAfter: number | null): void {
    if (this.status === 'end') return;
    this.#emit(probeAfter === null ? '+node' : '-node', node);
    if (probeAfter === null || (this.#open.get(node.name) ?? 0) === 0) return;
    this.#open.delete(node.name);
    if (this.#openCount === 0) this.#lostAll(this.#lastError ?? closedError(), probeAfter);
  }

  get #openCount(): number {
    let count = 0;
    for (const links of this.#open.values()) count += links;
    return count;
  }

  #lostAll(cause: Error, delay: number | null): void {
    if (this.status === 'connect' || this.status === 'ready') this.#become('close');
    if (this.#nodes.every(({ name }) => this.#givenUp.has(name))) {
      this.#onGivenUp(cause);
    } else if (delay !== null) {
      this.status = 'reconnecting';
      this.#emit('reconnecting', delay);
    }
  }

  #checkReady(): void {
    if (this.status !== 'connect') return;
    const isSettled = ({ name }: ObservedNode) => (this.#open.get(name) ?? 0) > 0 || this.#tried.has(name);
    if (!this.#nodes.every(isSettled)) return;
    this.#become('ready');
    for (const { resolve } of this.#waiters.splice(0)) resolve();
  }

  #become(status: ClientStatus): void {
    this.status = status;
    this.#emit(status);
  }
}
