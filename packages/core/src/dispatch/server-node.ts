import {
  type Endpoint,
  type Failure,
  formatEndpoint,
  type NodeDescription,
  type NodeFailure,
  type NodeGauges,
} from '@shardmux/plugin-api';
import type { Logger } from '../logger.js';
import type { Sender } from '../request/sender.js';
import { SERVER_FIELDS, ServerField } from '../stats/counters.js';
import type { Turn } from '../turn.js';
import { Link } from './link.js';
import { forServer, type LinkClass } from './link-class.js';
import type { LinkObserver } from './link-observer.js';
import { OwnObserver } from './own-observer.js';

/** Is told what a node lives through. */
export interface NodeListener {
  /** A connection is ready, `duration` ms after it was begun. */
  connected(node: ServerNode, duration: number): void;
  /** A connection could not be made, or ended. */
  disconnected(node: ServerNode, failure: Failure, wasOpen: boolean, error: Error | null): void;
  /** Something speaks against the node, with how often it did since the node last answered. */
  failed(node: ServerNode, failure: NodeFailure): void;
}

/** The link classes of its pool, by their numbers. */
export interface NumberedClasses {
  at(number: number): LinkClass;
}

/** One server: its links, its counters, and how often it failed in a row. */
export class ServerNode implements LinkObserver {
  /** Another one with a snapshot that names the same server. */
  description: NodeDescription;
  readonly name: string;
  /** A small number of its own, that of its name; below 0 for a replica. Sessions note by it where they wrote. */
  readonly ordinal: number;
  readonly endpoint: Endpoint;
  /** Of all classes. */
  readonly links: Link[] = [];
  readonly counters = new Float64Array(SERVER_FIELDS.length);
  isSuspended = false;
  /** It may have been replaced, and is sent nothing as long as nobody knows. */
  isHeld = false;
  readonly #logger: Logger;
  readonly #listener: NodeListener;
  readonly #turn: Turn;
  readonly #classes: NumberedClasses;
  readonly #connections: number;
  /** By the class's number. */
  readonly #linksOf: Link[][] = [];
  #failures = 0;
  #failedAt = -1;
  /** What the log has of it since it answered. */
  #complaint = '';

  constructor(
    description: NodeDescription,
    ordinal: number,
    classes: NumberedClasses,
    connections: number,
    logger: Logger,
    listener: NodeListener,
  ) {
    this.description = description;
    this.ordinal = ordinal;
    this.name = description.name;
    this.endpoint = description.endpoint;
    this.#logger = logger;
    this.#turn = classes.at(0).engine.turn;
    this.#classes = classes;
    this.#connections = connections;
    this.#listener = listener;
    this.#makeLinks(0);
  }

  #makeLinks(linkClass: number): Link[] {
    const parts = forServer(this.#classes.at(linkClass), this.name);
    const observer = parts.own === null ? this : new OwnObserver(this, parts.own);
    const links = Array.from(
      { length: parts.own === null ? this.#connections : 1 },
      () => new Link(parts, this.endpoint, observer, this.counters),
    );
    this.#linksOf[linkClass] = links;
    this.links.push(...links);
    if (this.isHeld) for (const link of links) link.hold();
    return links;
  }

  /** A sender keeps to one of the links, so that its requests to this node stay in order. */
  linkOf(sender: Sender): Link {
    const { linkClass } = sender;
    const links = this.#linksOf[linkClass] ?? this.#makeLinks(linkClass);
    return links.length === 1 ? links[0] : links[sender.number % links.length];
  }

  /** The last that was heard of it was that it failed. */
  get isFailing(): boolean {
    return this.#failures > 0;
  }

  /** What it was sent before then is not answered. */
  isSilentSince(time: number): boolean {
    return this.links.some(({ inFlight }) => inFlight.isSilentSince(time));
  }

  /** Likewise, and it answered nothing else. */
  hangsSince(time: number): boolean {
    return this.links.some((link) => link.hangsSince(time));
  }

  /** Nothing that it was sent is unanswered. */
  get isAtRest(): boolean {
    return this.links.every(({ inFlight }) => inFlight.count === 0);
  }

  /** It is used no more, and answers what it was sent if it does answer. */
  leave(): void {
    for (const link of this.links) link.leave(this.isFailing);
  }

  closeLinks(): void {
    this.#linksOf.forEach((links, linkClass) => {
      if (links.some((link) => link.isConnected)) this.#classes.at(linkClass).own?.onLost();
    });
    for (const link of this.links) link.close();
  }

  openLinks(linkClass: number): void {
    for (const link of this.#linksOf[linkClass] ?? this.#makeLinks(linkClass)) link.open();
  }

  /** Nobody uses links of this class any more. */
  retire(linkClass: number): void {
    const links = this.#linksOf[linkClass];
    if (links === undefined) return;
    delete this.#linksOf[linkClass];
    for (const link of links) {
      this.links.splice(this.links.indexOf(link), 1);
      link.close();
    }
  }

  /** Closes links beside the pool's own that were not used since then. */
  closeIdle(since: number): void {
    this.#linksOf.forEach((links, linkClass) => {
      if (linkClass === 0 || this.#classes.at(linkClass).own !== null) return;
      for (const link of links) if (link.isIdleSince(since)) link.close();
    });
  }

  /** Out of service: it takes nothing, and what it has got fails when its links are closed. */
  suspend(): void {
    this.isSuspended = true;
  }

  hold(): void {
    this.isHeld = true;
    for (const link of this.links) link.hold();
  }

  release(): void {
    this.isHeld = false;
    for (const link of this.links) link.release();
  }

  /** Starts afresh: no failures, and no link waits before it connects. */
  forgive(): void {
    this.isSuspended = false;
    this.#failures = 0;
    this.#complaint = '';
    for (const link of this.links) link.forgive();
  }

  connected(duration: number): void {
    this.#logger.debug(`connected to ${this.#label}`);
    this.#listener.connected(this, duration);
  }

  answered(): void {
    if (this.#failures === 0) return;
    this.#failures = 0;
    this.#failedAt = -1;
    this.#complaint = '';
  }

  unasked(): boolean {
    return false;
  }

  timedOut(): void {
    this.counters[ServerField.serverTimedout]++;
    this.#fails('timeout', null, `${this.#label} does not answer in time`);
  }

  disconnected(failure: Failure, openSince: number | null, error: Error | null): void {
    if (failure === 'closed' && error === null) this.counters[ServerField.serverEof]++;
    else this.counters[ServerField.serverErr]++;
    this.#listener.disconnected(this, failure, openSince !== null, error);
    const cause =
      failure === 'garbage' || failure === 'timeout' ? failure : openSince !== null ? 'closed' : 'refused';
    this.#fails(
      cause,
      openSince,
      `lost ${this.#label}: ${error?.message ?? 'the server closed the connection'}`,
    );
  }

  /** Connections that fail side by side have one cause: one that was open before the last failure tells nothing new. */
  #fails(cause: NodeFailure['cause'], openSince: number | null, message: string): void {
    this.#complain(message);
    const { now } = this.#turn;
    if (now === this.#failedAt || (openSince !== null && openSince <= this.#failedAt)) return;
    this.#failedAt = now;
    this.#failures++;
    this.#listener.failed(this, { node: this.name, cause, consecutive: this.#failures });
  }

  /** The log has it once, however often it is tried until an answer comes. */
  #complain(message: string): void {
    if (message === this.#complaint) this.#logger.debug(message);
    else this.#logger.warn(message);
    this.#complaint = message;
  }

  get #label(): string {
    const where = formatEndpoint(this.endpoint);
    return where === this.name ? `server ${where}` : `server ${this.name} (${where})`;
  }

  gauges(): NodeGauges {
    let connections = 0;
    let unsent = 0;
    let unanswered = 0;
    for (const { isConnected, inFlight } of this.links) {
      if (isConnected) connections++;
      unsent += inFlight.unsentCount;
      unanswered += inFlight.count - inFlight.unsentCount;
    }
    return { node: this.description, connections, unsent, unanswered };
  }

  /** The counters, with the gauges as they stand. */
  snapshot(): number[] {
    const values = Array.from(this.counters);
    for (const link of this.links) {
      const { count, bytes, unsentCount, unsentBytes } = link.inFlight;
      if (link.isConnected) values[ServerField.serverConnections]++;
      values[ServerField.inQueue] += unsentCount;
      values[ServerField.inQueueBytes] += unsentBytes;
      values[ServerField.outQueue] += count - unsentCount;
      values[ServerField.outQueueBytes] += bytes - unsentBytes;
    }
    return values;
  }
}
