import {
  FailureError,
  formatEndpoint,
  type PrimaryHealth,
  type Replication,
  type ReplicationState,
} from '@shardmux/plugin-api';
import type { LinkClass } from '../dispatch/link-class.js';
import type { ServerNode } from '../dispatch/server-node.js';
import { SideLink } from '../dispatch/side-link.js';
import { ServerField } from '../stats/counters.js';

/** How long a primary may take to answer a question, in ms, before it is asked over another connection. */
const PATIENCE = 1_000;

/** A timer that is late by so many of its intervals has seen nothing of what happened meanwhile. */
const STALLED = 3;

/**
 * How the primary of one shard looks from here: by questions, and by what clients get from it.
 *
 *        an answer, to us or to a client
 *   well ◄──────────────────────────────┐
 *     ├── nothing ──────────────► silent, since then
 *     └── refused, or closed ───► refusing, since then
 *
 * Time in which this process itself stood still speaks against nobody.
 */
export class PrimaryWatch {
  readonly node: ServerNode;
  /** What it said last of its replication. */
  state: ReplicationState | null = null;
  readonly #replication: Replication;
  readonly #interval: number;
  readonly #link: SideLink;
  readonly #looked: (watch: PrimaryWatch) => void;
  readonly #timer: NodeJS.Timeout;
  #lookedAt = performance.now();
  #heardAt = this.#lookedAt;
  #refusingSince: number | null = null;
  #isAsking = false;
  /** Its primary is still one of the pool's. */
  isOpen = true;
  #responses = 0;

  /** @param looked told after each look, and after what a question found. */
  constructor(
    node: ServerNode,
    linkClass: LinkClass,
    replication: Replication,
    interval: number,
    looked: (watch: PrimaryWatch) => void,
  ) {
    this.node = node;
    this.#replication = replication;
    this.#interval = interval;
    this.#link = new SideLink(linkClass, node.endpoint);
    this.#looked = looked;
    this.#timer = setInterval(() => this.#look(), interval);
    this.ask();
  }

  get shard(): string {
    return this.node.name;
  }

  get address(): string {
    return formatEndpoint(this.node.endpoint);
  }

  /** For people. */
  get label(): string {
    return `${this.shard} (${this.address})`;
  }

  get health(): PrimaryHealth {
    const now = performance.now();
    return {
      silentFor: now - this.#heardAt,
      refusedFor: this.#refusingSince === null ? 0 : now - this.#refusingSince,
    };
  }

  close(): void {
    this.isOpen = false;
    clearInterval(this.#timer);
    this.#link.close();
  }

  #look(): void {
    const now = performance.now();
    if (now - this.#lookedAt > STALLED * this.#interval) this.#heard(now);
    this.#lookedAt = now;
    const responses = this.node.counters[ServerField.responses];
    if (responses !== this.#responses) this.#heard(now);
    this.#responses = responses;
    this.ask();
    this.#looked(this);
  }

  /** Unless an answer is owed. */
  ask(): void {
    if (!this.#isAsking) void this.#question();
  }

  async #question(): Promise<void> {
    this.#isAsking = true;
    try {
      const reply = await this.#link.ask(this.#replication.question, 1, PATIENCE);
      this.state = this.#replication.read(reply, 0, reply.length);
      this.#heard(performance.now());
    } catch (error) {
      // It is silent: the connection was given up from here.
      if (error instanceof FailureError && error.failure === 'timeout') this.#refusingSince = null;
      else this.#refusingSince ??= performance.now();
    }
    this.#isAsking = false;
    if (this.isOpen) this.#looked(this);
  }

  #heard(now: number): void {
    this.#heardAt = now;
    this.#refusingSince = null;
  }
}
