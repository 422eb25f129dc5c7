import { randomUUID } from 'node:crypto';
import { bulkOf, checked, integerOf } from '../reply/whole-reply.js';
import { encodeCommand } from '../request/encode-command.js';
import type { Server } from './service.js';
import { step, together } from './steps.js';

/** How long a guest stays where nobody can send it away any more, in ms. */
const MAX_STAY = 60_000;

/** What PEXPIRETIME says of a key that is not there. */
const NO_KEY = -2;

/** A key of one server, under a name of its own on another, for as long as a command runs there. */
export class Guest {
  readonly name = `shardmux:gathered:${randomUUID()}`;
  readonly #key: Uint8Array;
  readonly #home: Server;

  constructor(key: Uint8Array, home: Server) {
    this.#key = key;
    this.#home = home;
  }

  /**
   * The command that brings it; `null` where there is no such key.
   * @throws {ReplyError}
   */
  async invite(): Promise<Uint8Array | null> {
    const value = bulkOf(await step(this.#home, 'DUMP', this.#key));
    return value && encodeCommand('RESTORE', this.name, String(MAX_STAY), value);
  }

  /**
   * Likewise, but what is made of it is to end when the key does.
   * @param isWatched a run would end the watch, which says as well that nothing came between.
   * @throws {ReplyError}
   */
  async inviteUntilItsEnd(isWatched: boolean): Promise<Uint8Array | null> {
    const expiry = encodeCommand('PEXPIRETIME', this.#key);
    const dump = encodeCommand('DUMP', this.#key);
    const home = this.#home;
    const replies = isWatched
      ? await Promise.all([home.ask(expiry), home.ask(dump)])
      : ((await together(home, [expiry, dump])) as readonly Uint8Array[]);
    const end = integerOf(checked(replies[0]));
    const value = bulkOf(checked(replies[1]));
    if (value === null || end === NO_KEY) return null;
    return encodeCommand('RESTORE', this.name, String(Math.max(end, 0)), value, 'ABSTTL');
  }
}
