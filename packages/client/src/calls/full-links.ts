import type { Link, RouteTable, ServerNode, Sleeper } from '@shardmux/core';
import type { DecodedCommand } from '@shardmux/plugin-api';
import type { Call } from './call.js';

interface HeldCall {
  readonly call: Call;
  /** Tries to send it once more. */
  readonly send: () => void;
}

/**
 * Calls whose servers have more to do than they may have, in one queue per shard: calls for other shards go past.
 *
 *   a link of its shard is full ──► held ──(the link has room)──► sent, in their order, until one is full again
 *
 * Reads of a replica and what the primary is sent stand in one queue, since they have an order.
 */
export class FullLinks {
  /** By ordinal: a shard stays the same when its primary is another one. */
  readonly #shards = new Map<number, FullShard>();
  readonly #onRoom: () => void;
  /** Its calls are sent just now. */
  #released: number | null = null;

  /** @param onRoom `release` has something to do. */
  constructor(onRoom: () => void) {
    this.#onRoom = onRoom;
  }

  get any(): boolean {
    return this.#shards.size > 0;
  }

  /** How many calls are held. */
  get count(): number {
    let count = 0;
    for (const { held } of this.#shards.values()) count += held.length;
    return count;
  }

  /** From here on the shard's calls are held. */
  add(link: Link, { ordinal }: ServerNode): void {
    const known = this.#shards.get(ordinal);
    if (known === undefined) this.#shards.set(ordinal, new FullShard(link, this.#onRoom));
    else known.waitFor(link);
  }

  /** Whether a call for it has to be held. */
  has({ ordinal }: ServerNode): boolean {
    return ordinal !== this.#released && this.#shards.has(ordinal);
  }

  /** Whether any key of a command lies on a shard whose calls are held. */
  meets(command: DecodedCommand, table: RouteTable<ServerNode>): boolean {
    for (let key = 0; key < command.keyCount; key++) {
      const node = table.locate(command.bytes, command.keyStart(key), command.keyEnd(key));
      if (node >= 0 && this.has(table.nodes[node])) return true;
    }
    return false;
  }

  hold({ ordinal }: ServerNode, call: HeldCall): void {
    this.#shards.get(ordinal)?.held.push(call);
  }

  /** Sends what has room. @param mayGoOn asked before each call. */
  release(mayGoOn: () => boolean): void {
    for (const [ordinal, shard] of this.#shards) {
      this.#released = ordinal;
      if (shard.release(mayGoOn)) this.#shards.delete(ordinal);
      this.#released = null;
    }
  }

  clear(): void {
    this.#shards.clear();
  }
}

class FullShard implements Sleeper {
  readonly #onRoom: () => void;
  /** The one of its links that was found full last. */
  #link: Link;
  #hasRoom = false;
  held: HeldCall[] = [];

  constructor(link: Link, onRoom: () => void) {
    this.#link = link;
    this.#onRoom = onRoom;
    link.wait(this);
  }

  waitFor(link: Link): void {
    if (link === this.#link && !this.#hasRoom) return;
    this.#link = link;
    this.#hasRoom = false;
    link.wait(this);
  }

  wake(): void {
    this.#hasRoom = true;
    this.#onRoom();
  }

  /** Returns whether all are sent, and the link is full no more. */
  release(mayGoOn: () => boolean): boolean {
    const { held } = this;
    let sent = 0;
    while (sent < held.length && this.#hasRoom && !this.#link.isFull && mayGoOn()) {
      const { call, send } = held[sent++];
      if (!call.isDone) call.within(send);
    }
    this.held = held.slice(sent);
    if (this.#link.isFull) this.waitFor(this.#link);
    return this.#hasRoom && this.held.length === 0;
  }
}
