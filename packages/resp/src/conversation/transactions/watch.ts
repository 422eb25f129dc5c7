import { type ErrandHost, FailureError, type LinkState, type PrivateLink } from '@shardmux/plugin-api';
import { encodeCommand } from '../../request/encode-command.js';
import { isElsewhere } from '../errand.js';
import { ok } from '../replies.js';
import { isAborted, servesNoMore } from '../reply-heads.js';
import { WatchingLink } from './watching-link.js';

const unwatch = encodeCommand('UNWATCH');

/**
 * The keys that a client watches, on a connection of its own to their server.
 *
 *   watching ──connection lost, or the keys have another server──► over: they count as changed
 *      └── EXEC, UNWATCH, DISCARD ──► connection given back ◄──────┘
 */
export class Watch {
  readonly #link: WatchingLink;
  readonly #client: { readonly links: LinkState | null };
  readonly #keys: Uint8Array[] = [];
  #isLeft = false;

  /**
   * @param link to the server of all its keys.
   * @param client who has selected what its commands are to find.
   */
  constructor(link: PrivateLink, client: { readonly links: LinkState | null }) {
    this.#link = new WatchingLink(link, client.links);
    this.#client = client;
    link.onLeaving = () => {
      this.#isLeft = true;
    };
  }

  /** Of the server. */
  get node(): string {
    return this.#link.node;
  }

  isOver(host: ErrandHost): boolean {
    return this.#isLeft || this.#link.isClosed || isElsewhere(host, this.#keys, this.node);
  }

  /**
   * Resolves with the reply of the server. One that cannot be reached or has the keys no more while others may: then
   * it is over, and the client hears of that with EXEC.
   */
  async add(host: ErrandHost, keys: readonly Uint8Array[]): Promise<Uint8Array> {
    this.#keys.push(...keys);
    const reply = await this.#ask(encodeCommand('WATCH', ...keys)).catch((error: FailureError) => error);
    const isFailure = reply instanceof FailureError;
    if (!isFailure && !servesNoMore(reply)) return reply;
    if (await host.doubt()) {
      this.#isLeft = true;
      return ok;
    }
    if (isFailure) throw reply;
    return reply;
  }

  /** Runs a transaction. Resolves with the last reply, or with `null` where it was refused since the keys are elsewhere. */
  async exec(host: ErrandHost, bytes: Uint8Array, replies: number): Promise<Uint8Array | null> {
    const reply = await this.#ask(bytes, replies);
    if (!servesNoMore(reply) && !isAborted(reply)) return reply;
    const isElsewhere = (await host.doubt()) && (await this.#isRefused(host));
    // Whoever had it next would watch what was watched to find that out.
    this.close();
    return isElsewhere ? null : reply;
  }

  /** A server refuses to watch what it would not change. */
  async #isRefused(host: ErrandHost): Promise<boolean> {
    return this.isOver(host) || servesNoMore(await this.#ask(encodeCommand('WATCH', ...this.#keys)));
  }

  async end(): Promise<void> {
    if (!this.#link.isClosed) await this.#ask(unwatch);
    this.release();
  }

  #ask(request: Uint8Array, replies = 1): Promise<Uint8Array> {
    return this.#link.ask(request, this.#client.links, replies);
  }

  release(): void {
    this.#link.release();
  }

  close(): void {
    this.#link.close();
  }
}
