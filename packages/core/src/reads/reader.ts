import type { ReadableServer, Replication, ReplicationState } from '@shardmux/plugin-api';
import type { ServerNode } from '../dispatch/server-node.js';
import type { Engine } from '../engine.js';
import { Inquiry } from './inquiry.js';

/** How much of the average the latest latency makes. */
const SHARE = 0.25;

/** One server of a shard, and what is known of it from being asked. */
export class Reader implements ReadableServer {
  readonly node: ServerNode;
  readonly isPrimary: boolean;
  readonly inquiry: Inquiry;
  latency = Number.POSITIVE_INFINITY;
  /** It was heard of, or was given up, once. */
  isKnown = false;
  /** `null`: it did not say when it was asked last, or was not asked yet. */
  state: ReplicationState | null = null;
  /** What the primary had acknowledged before then, it has; by the turn's clock. */
  hasAllUntil = Number.NEGATIVE_INFINITY;
  /** Of a replica: why it is not read from; `null` where it is. */
  fault: string | null = 'it was not looked at yet';
  readonly #zone: string | null;

  /** @param heard told when it was asked, each time it has answered or failed to. */
  constructor(
    node: ServerNode,
    isPrimary: boolean,
    zone: string | null,
    engine: Engine,
    replication: Replication,
    heard: (reader: Reader, askedAt: number) => void,
  ) {
    this.node = node;
    this.isPrimary = isPrimary;
    this.#zone = zone;
    this.inquiry = new Inquiry(node, engine, replication, (state, askedAt) => {
      this.isKnown = true;
      this.state = state;
      if (state === null) this.latency = Number.POSITIVE_INFINITY;
      else this.#took(performance.now() - askedAt);
      heard(this, askedAt);
    });
  }

  get name(): string {
    return this.node.name;
  }

  get isNear(): boolean {
    return this.#zone !== null && this.node.description.zone === this.#zone;
  }

  #took(latency: number): void {
    if (this.latency === Number.POSITIVE_INFINITY) this.latency = latency;
    else this.latency += (latency - this.latency) * SHARE;
  }
}
