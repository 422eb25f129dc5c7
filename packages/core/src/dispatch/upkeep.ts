import type { TopologySource } from '@shardmux/plugin-api';
import type { Turn } from '../turn.js';
import type { ServerNode } from './server-node.js';

/** How often requests are looked at for their timeout, in ms: a timeout is late by no more. */
const SWEEP_INTERVAL = 20;

/** After so many ms links are closed that are in another state than the pool's own, and that nobody used. */
const IDLE_TIME = 30_000;

/** A server that has not answered for so long may have failed, in ms: whoever knows is asked. */
const DOUBTFUL_SILENCE = 500;

/** Whose servers are looked after. */
export interface KeptPool {
  /** In ms; 0 for none. */
  readonly timeout: number;
  readonly topology: TopologySource;
  /** The primaries in service. */
  readonly nodes: readonly ServerNode[];
  /** Primaries and replicas, those that leave as well. */
  readonly all: readonly ServerNode[];
}

/** What is to be done for a pool's links as time goes by. */
export class Upkeep {
  readonly #pool: KeptPool;
  readonly #turn: Turn;
  #sweep: NodeJS.Timeout | null = null;
  #idleSweep: NodeJS.Timeout | null = null;

  constructor(pool: KeptPool, turn: Turn) {
    this.#pool = pool;
    this.#turn = turn;
  }

  start(): void {
    const interval = Math.min(SWEEP_INTERVAL, this.#pool.timeout || SWEEP_INTERVAL);
    this.#sweep = setInterval(() => this.#look(), interval);
    this.#idleSweep = setInterval(() => this.#closeIdle(), IDLE_TIME);
  }

  close(): void {
    if (this.#sweep !== null) clearInterval(this.#sweep);
    if (this.#idleSweep !== null) clearInterval(this.#idleSweep);
  }

  #look(): void {
    const { topology, nodes } = this.#pool;
    this.expire();
    if (topology.refresh === undefined) return;
    const silence = this.#turn.now - DOUBTFUL_SILENCE;
    // As long as it is so: the others may agree only later on who takes its place.
    if (nodes.some((node) => node.isFailing || node.isSilentSince(silence))) topology.refresh('failed');
  }

  /** Answers what ran out of time. */
  expire(): void {
    if (this.#pool.timeout === 0) return;
    const { now } = this.#turn;
    for (const node of this.#pool.all) for (const link of node.links) link.expire(now);
  }

  #closeIdle(): void {
    const idleSince = this.#turn.now - IDLE_TIME;
    for (const node of this.#pool.all) node.closeIdle(idleSince);
  }
}
