import type { Link, RouteTable, ServerNode, Session, Sleeper } from '@shardmux/core';
import type { DecodedCommand } from '@shardmux/plugin-api';
import type { Call } from './call.js';

interface HeldCall {
  readonly call: Call;
  /** Tries to send it once more. */
  readonly send: () => void;
}

/**
 * Calls whose servers have more to do than they may have, in one queue per link: calls for other servers go past.
 *
 *   its link is full ──► held ──(the link has room)──► sent, in their order, until the link is full again
 */
export class FullLinks {
  readonly #links = new Map<Link, FullLink>();
  readonly #onRoom: () => void;
  /** Its calls are sent just now. */
  #released: Link | null = null;

  /** @param onRoom `release` has something to do. */
  constructor(onRoom: () => void) {
    this.#onRoom = onRoom;
  }

  get any(): boolean {
    return this.#links.size > 0;
  }

  /** How many calls are held. */
  get count(): number {
    let count = 0;
    for (const { held } of this.#links.values()) count += held.length;
    return count;
  }

  /** From here on its calls are held. */
  add(link: Link): void {
    if (!this.#links.has(link)) this.#links.set(link, new FullLink(link, this.#onRoom));
  }

  /** Whether a call for it has to be held. */
  has(link: Link): boolean {
    return link !== this.#released && this.#links.has(link);
  }

  /** Whether any key of a command lies on a server with a full link. */
  meets(command: DecodedCommand, table: RouteTable<ServerNode>, session: Session): boolean {
    for (let key = 0; key < command.keyCount; key++) {
      const node = table.locate(command.bytes, command.keyStart(key), command.keyEnd(key));
      if (node >= 0 && this.has(table.nodes[node].linkOf(session))) return true;
    }
    return false;
  }

  hold(link: Link, call: HeldCall): void {
    this.#links.get(link)?.held.push(call);
  }

  /** Sends what has room. @param mayGoOn asked before each call. */
  release(mayGoOn: () => boolean): void {
    for (const full of this.#links.values()) {
      if (!full.hasRoom) continue;
      this.#released = full.link;
      if (full.release(mayGoOn)) this.#links.delete(full.link);
      this.#released = null;
    }
  }

  clear(): void {
    this.#links.clear();
  }
}

class FullLink implements Sleeper {
  readonly link: Link;
  readonly #onRoom: () => void;
  held: HeldCall[] = [];
  hasRoom = false;

  constructor(link: Link, onRoom: () => void) {
    this.link = link;
    this.#onRoom = onRoom;
    link.wait(this);
  }

  wake(): void {
    this.hasRoom = true;
    this.#onRoom();
  }

  /** Returns whether all are sent, and the link is full no more. */
  release(mayGoOn: () => boolean): boolean {
    const { held } = this;
    let sent = 0;
    while (sent < held.length && !this.link.isFull && mayGoOn()) {
      const { call, send } = held[sent++];
      if (!call.isDone) call.within(send);
    }
    this.held = held.slice(sent);
    if (this.link.isFull) {
      this.hasRoom = false;
      this.link.wait(this);
    }
    return this.hasRoom && this.held.length === 0;
  }
}
