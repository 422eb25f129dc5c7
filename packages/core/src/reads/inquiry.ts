import { type CommandSpec, type Replication, type ReplicationState, ReplyClass } from '@shardmux/plugin-api';
import type { ServerNode } from '../dispatch/server-node.js';
import type { Engine } from '../engine.js';
import type { Request, RequestOwner } from '../request/request.js';
import type { Sender } from '../request/sender.js';

const INQUIRY: CommandSpec = { name: 'inquiry', readonly: true };

/** Asks one server how replication stands there, over the link that requests take; one question at a time. */
export class Inquiry implements RequestOwner, Sender {
  readonly number = 0;
  readonly linkClass = 0;
  lastLostWrite = 0;
  /** Since when an answer is owed, by the turn's clock; `null`: none is. */
  askedAt: number | null = null;
  readonly #node: ServerNode;
  readonly #engine: Engine;
  readonly #replication: Replication;
  readonly #heard: (state: ReplicationState | null, askedAt: number) => void;

  /** @param heard told what the server says, `null` where it says nothing of use, and when it was asked. */
  constructor(
    node: ServerNode,
    engine: Engine,
    replication: Replication,
    heard: (state: ReplicationState | null, askedAt: number) => void,
  ) {
    this.#node = node;
    this.#engine = engine;
    this.#replication = replication;
    this.#heard = heard;
  }

  ask(): void {
    if (this.askedAt !== null) return;
    const { question } = this.#replication;
    this.askedAt = this.#engine.turn.now;
    const request = this.#engine.requests.acquire(this, this, INQUIRY);
    this.#node.linkOf(this).send(request, question, 0, question.length);
  }

  settle(request: Request, bytes: Uint8Array, start: number, end: number, replyClass: ReplyClass): void {
    this.#end(request, replyClass === ReplyClass.ok ? this.#replication.read(bytes, start, end) : null);
  }

  fail(request: Request): void {
    this.#end(request, null);
  }

  #end(request: Request, state: ReplicationState | null): void {
    const askedAt = this.askedAt as number;
    this.askedAt = null;
    this.#engine.requests.release(request);
    this.#heard(state, askedAt);
  }

  sent(): void {}
  returned(): void {}
  wake(): void {}
}
