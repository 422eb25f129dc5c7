import { type Endpoint, formatEndpoint, type NodeDescription } from '@shardmux/plugin-api';
import type { ServerNode } from './server-node.js';

/** How long a server that is used no more may take to answer what it was sent, in ms. */
const GRACE = 5_000;
/** Where another has its place by no plan: one that hangs may say OK to a write when nobody has that any more. */
const GRACE_OF_REPLACED = 400;

/** How often it is looked at whether it has, in ms. */
const LOOK_INTERVAL = 20;

/** @param ordinal a small number of the server's name alone. */
export type CreateServer = (description: NodeDescription, ordinal: number) => ServerNode;

/** Whoever has other links to servers than these have themselves. */
export interface LeavingListener {
  /** The server is used no more. */
  leave(server: ServerNode): void;
  /** Its time is over. */
  closeAllOf(server: ServerNode): void;
}

/**
 * The servers of one pool.
 *
 *          a snapshot names it                 none does, or it names another endpoint
 *   (new) ────────────────────► in service ───────────────────────────────────────────► leaving ──► closed
 *
 * One that stays keeps its links, so that a change costs nobody a connection. One that leaves takes nothing more and
 * answers what it was sent, for its grace at most; one that had answered nothing for so long already is closed at once.
 */
export class Servers {
  readonly #create: CreateServer;
  readonly #listener: LeavingListener | null;
  readonly #ordinals = new Map<string, number>();
  /** Until when they may answer, by the monotonic clock. */
  readonly #leaving = new Map<ServerNode, number>();
  #timer: NodeJS.Timeout | null = null;
  inService: readonly ServerNode[] = [];

  constructor(create: CreateServer, listener: LeavingListener | null) {
    this.#create = create;
    this.#listener = listener;
  }

  /** All that may have requests in flight. */
  get all(): readonly ServerNode[] {
    return [...this.#leaving.keys(), ...this.inService];
  }

  named(name: string): ServerNode | undefined {
    return this.inService.find((server) => server.name === name);
  }

  /** The servers of these descriptions: those in service that stay as they are, and new ones. Nothing changes yet. */
  matching(descriptions: readonly NodeDescription[]): ServerNode[] {
    const known = new Map(this.inService.map((server) => [server.name, server]));
    return descriptions.map((description) => {
      const server = known.get(description.name);
      return server !== undefined && isSame(server.endpoint, description.endpoint)
        ? server
        : this.#create(description, this.#ordinalOf(description.name));
    });
  }

  /** Puts them in service; all others leave. */
  replace(servers: readonly ServerNode[], descriptions: readonly NodeDescription[]): void {
    const leaving = this.inService.filter((each) => !servers.includes(each));
    this.inService = servers;
    servers.forEach((server, i) => {
      server.description = descriptions[i];
    });
    for (const server of leaving) {
      const successor = descriptions.find(({ name }) => name === server.name);
      const isWell = successor === undefined || successor.isPlanned === true;
      this.#leave(server, isWell ? GRACE : GRACE_OF_REPLACED);
    }
  }

  /** The one that is reached there. */
  at(endpoint: Endpoint): ServerNode | undefined {
    return this.inService.find((server) => isSame(server.endpoint, endpoint));
  }

  #ordinalOf(name: string): number {
    const known = this.#ordinals.get(name);
    if (known !== undefined) return known;
    this.#ordinals.set(name, this.#ordinals.size);
    return this.#ordinals.size - 1;
  }

  #leave(server: ServerNode, grace: number): void {
    const now = performance.now();
    const hangs = server.hangsSince(now - grace);
    this.#leaving.set(server, now + grace);
    server.leave();
    this.#listener?.leave(server);
    if (hangs) this.#close(server);
    else this.#timer ??= setInterval(() => this.#closeAnswered(), LOOK_INTERVAL);
  }

  #closeAnswered(): void {
    const now = performance.now();
    for (const [server, until] of this.#leaving) {
      if (server.isAtRest || now >= until) this.#close(server);
    }
  }

  #close(server: ServerNode): void {
    this.#leaving.delete(server);
    if (this.#leaving.size === 0) this.#stopLooking();
    this.#listener?.closeAllOf(server);
    server.closeLinks();
  }

  #stopLooking(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  /** Drops every link; what is still in flight fails. */
  close(): void {
    this.#stopLooking();
    for (const server of this.all) server.closeLinks();
  }
}

function isSame(one: Endpoint, other: Endpoint): boolean {
  return formatEndpoint(one) === formatEndpoint(other);
}
