import type { ConversationClient, OwnLinks } from '@shardmux/plugin-api';
import { encodeCommand } from '../../request/encode-command.js';
import { integer, type Protocol, push } from '../replies.js';
import { invalidateAll, messageOf } from './invalidation.js';
import type { Redirection } from './redirection.js';
import type { TrackingOptions } from './tracking-options.js';

/** Whether the keys of the next command are to be remembered. */
export type Caching = 'yes' | 'no';

/** Whoever may be told of keys. */
interface Listener {
  readonly client: ConversationClient;
  readonly protocol: Protocol;
  readonly isSubscriber: boolean;
}

/** Who reads them. */
interface Reader extends Listener {
  readonly realm: { readonly conversations: ReadonlyMap<number, Listener> };
}

/**
 * Servers remember which keys this client has read, and tell it when they change. They do so per connection, so the
 * client has one to each server for itself, on which all its commands go.
 *
 *   server ── invalidate ──► own link ──► client
 *          └─ redirected ──► redirection ──► another client
 *   own link lost, or keys moved ───────► whichever it is: invalidate all
 */
export class Tracking implements OwnLinks {
  readonly options: TrackingOptions;
  /** `null` where the client itself is told. */
  readonly redirection: Redirection | null;
  /** Of the next command, where CLIENT CACHING said so. */
  caching: Caching | null = null;
  /** The one that was to be told was gone. */
  isBroken = false;
  readonly #reader: Reader;

  constructor(reader: Reader, options: TrackingOptions, redirection: Redirection | null) {
    this.#reader = reader;
    this.options = options;
    this.redirection = redirection;
  }

  /** News of what no command reads comes only on a connection that stands. */
  get eager(): boolean {
    return this.options.isBroadcast;
  }

  greetingFor(node: string): Uint8Array {
    const redirected = this.redirection?.wordsFor(node) ?? [];
    return encodeCommand('CLIENT', 'TRACKING', 'ON', ...redirected, ...this.options.words);
  }

  takeCaching(): Caching | null {
    const { caching } = this;
    this.caching = null;
    return caching;
  }

  /** What a server says here of a redirection is about connections of ours. */
  onMessage(bytes: Uint8Array, start: number, end: number): void {
    if (this.redirection === null) this.tell(bytes, start, end);
  }

  onLost(): void {
    this.tell(invalidateAll, 0, invalidateAll.length);
  }

  /** Passes a push of servers on. In RESP2 there are none, but messages are as good: to one that may get them. */
  tell(bytes: Uint8Array, start: number, end: number): void {
    const { redirect } = this.options;
    const own = this.#reader;
    const told = redirect === 0 ? own : own.realm.conversations.get(redirect);
    if (told === undefined) {
      this.#break();
    } else if (told.protocol === 3) {
      told.client.push(bytes, start, end);
    } else if (redirect !== 0 && told.isSubscriber) {
      const message = messageOf(bytes, start, end);
      told.client.push(message, 0, message.length);
    }
  }

  #break(): void {
    this.isBroken = true;
    const { client, protocol } = this.#reader;
    if (protocol === 2) return;
    const broken = push('tracking-redir-broken', integer(this.options.redirect));
    client.push(broken, 0, broken.length);
  }
}
