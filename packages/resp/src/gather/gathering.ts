import { checked } from '../reply/whole-reply.js';
import { encodeCommand } from '../request/encode-command.js';
import type { CopiedCommand } from './copied-command.js';
import { Guest } from './guest.js';
import type { Server } from './service.js';
import { together } from './steps.js';

/**
 * Has a server compute, so that the reply is Redis' own in every detail.
 *
 *   other servers ── DUMP ──► guests ─┐
 *                                     ▼
 *   the server:  MULTI │ RESTORE guests │ the command, with their names │ DEL guests │ EXEC
 */
export class Gathering {
  readonly #command: CopiedCommand;
  readonly #server: Server;
  readonly #guests = new Map<string, Guest>();

  constructor(command: CopiedCommand, server: Server) {
    this.#command = command;
    this.#server = server;
  }

  /** @param home where the key is. */
  add(key: Buffer, home: Server): void {
    const name = key.toString('latin1');
    if (!this.#guests.has(name)) this.#guests.set(name, new Guest(key, home));
  }

  /**
   * How the guests come: those that there are.
   * @throws {ReplyError}
   */
  async invite(invitation: (guest: Guest) => Promise<Uint8Array | null>): Promise<readonly Uint8Array[]> {
    const commands = await Promise.all(Array.from(this.#guests.values(), invitation));
    return commands.filter((command) => command !== null);
  }

  /**
   * Whether the server takes the guests: another version may not, and would then write a result without them.
   * @throws {ReplyError} where it does not.
   */
  async tryOut(arrivals: readonly Uint8Array[]): Promise<void> {
    const replies = await Promise.all(arrivals.map((arrival) => this.#server.ask(arrival)));
    await this.#server.ask(this.#departure);
    replies.forEach(checked);
  }

  /**
   * The command's reply.
   * @throws {ReplyError} where that, or one on the way, is an error.
   */
  async compute(arrivals: readonly Uint8Array[]): Promise<Uint8Array> {
    const command = this.#command.encodeWith((key) => this.#guests.get(key.toString('latin1'))?.name ?? key);
    // The routes may be others by now, and nobody a guest.
    const departures = this.#guests.size === 0 ? [] : [this.#departure];
    const replies = (await together(this.#server, [...arrivals, command, ...departures])) ?? [];
    for (let i = 0; i <= arrivals.length; i++) checked(replies[i]);
    return replies[arrivals.length];
  }

  get #departure(): Uint8Array {
    return encodeCommand('DEL', ...Array.from(this.#guests.values(), ({ name }) => name));
  }
}
