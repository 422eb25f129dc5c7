import { type CommandSpec, type Endpoint, ReplyClass } from '@shardmux/plugin-api';
import type { Request, RequestOwner } from '../request/request.js';
import type { Sender } from '../request/sender.js';
import { SERVER_FIELDS } from '../stats/counters.js';
import { Link } from './link.js';
import type { LinkClass, LinkObserver } from './link-class.js';

const PROBE: CommandSpec = { name: 'probe', readonly: true };

/** Asks a server over a connection of its own whether it serves: no client waits for the answer. */
export class Probe implements RequestOwner, Sender, LinkObserver {
  readonly name = PROBE.name;
  readonly ordinal = 0;
  readonly isSuspended = false;
  readonly number = 0;
  readonly linkClass = 0;
  lastLostWrite = 0;
  readonly #link: Link;
  readonly #linkClass: LinkClass;
  readonly #done: (healthy: boolean) => void;
  #timer: NodeJS.Timeout | null = null;

  constructor(linkClass: LinkClass, endpoint: Endpoint, done: (healthy: boolean) => void) {
    // Nobody waits in line with it.
    this.#link = new Link(
      { ...linkClass, offline: null, redispatch: null },
      endpoint,
      this,
      new Float64Array(SERVER_FIELDS.length),
    );
    this.#linkClass = linkClass;
    this.#done = done;
  }

  /** @param timeout ms until silence counts as an answer. */
  start(timeout: number): void {
    const { codec, engine } = this.#linkClass;
    this.#timer = setTimeout(() => this.#link.close(), timeout);
    this.#link.send(engine.requests.acquire(this, this, PROBE), codec.probe, 0, codec.probe.length);
  }

  /** Ends it without an answer. */
  cancel(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#link.close();
  }

  settle(request: Request, _bytes: Uint8Array, _start: number, _end: number, replyClass: ReplyClass): void {
    this.#end(request, replyClass === ReplyClass.ok);
  }

  fail(request: Request): void {
    this.#end(request, false);
  }

  #end(request: Request, healthy: boolean): void {
    this.#linkClass.engine.requests.release(request);
    if (this.#timer === null) return;
    this.cancel();
    this.#done(healthy);
  }

  sent(): void {}
  returned(): void {}
  wake(): void {}
  connected(): void {}
  answered(): void {}
  unasked(): boolean {
    return false;
  }
  timedOut(): void {}
  disconnected(): void {}
}
