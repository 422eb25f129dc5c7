import type { ConversationClient, LinkState } from '@shardmux/plugin-api';
import type { User } from '../access/user.js';
import type { Users } from '../access/users.js';
import type { RespCommand } from '../request/resp-command.js';
import { argumentOf } from './arguments.js';
import type { Blocked } from './clients/blocked.js';
import { Silence } from './clients/silence.js';
import type { Listening } from './pubsub/listening.js';
import type { RealmState } from './realm-state.js';
import type { Protocol } from './replies.js';
import type { Monitor } from './servers/monitor.js';
import type { Tracking } from './tracking/tracking.js';
import type { Transaction } from './transactions/transaction.js';
import type { Watch } from './transactions/watch.js';

/**
 * What one client's connection has said about itself.
 *
 *   shut (nobody yet) ── right password ──► open (a user) ── MULTI ──► gathering
 *     ▲                                      │  ▲                          │
 *     └─────────── wrong password ───────────┘  └────── EXEC, DISCARD ─────┘
 *   QUIT, in any state, and a change of the user's passwords ──► closing
 *
 * Where there is one password and no users a wrong one shuts, as in Twemproxy; else it changes nothing, as in Redis.
 */
export class ClientState {
  readonly realm: RealmState<ClientState>;
  readonly client: ConversationClient;
  /** What HELLO tells the client. */
  readonly id: number;
  /** Whom it is held with; `null`: nobody yet. */
  user: User | null;
  authenticatedAs: string | null = null;
  #users: Users;
  muted = false;
  closing = false;
  protocol: Protocol = 2;
  links: LinkState | null = null;
  transaction: Transaction | null = null;
  /** Where keys are watched, until the next EXEC. */
  watch: Watch | null = null;
  /** What the client is told of keys that it has read. */
  tracking: Tracking | null = null;
  /** The client is told of all that the servers do. */
  monitor: Monitor | null = null;
  /** `null` while it has subscribed to nothing. */
  listening: Listening | null = null;
  /** While it waits for other clients. */
  blocked: Blocked | null = null;
  /** What CLIENT SETNAME called it. */
  name: Uint8Array = new Uint8Array();
  /** CLIENT NO-EVICT: there is nobody to evict here, but it is listed. */
  isKept = false;
  silence: Silence = Silence.none;

  /** @param id unlike that of any other of the realm. */
  constructor(realm: RealmState<ClientState>, client: ConversationClient, id: number) {
    this.realm = realm;
    this.client = client;
    this.id = id;
    this.#users = realm.access.users;
    this.user = this.#guest;
  }

  get open(): boolean {
    return this.user !== null;
  }

  /** Whom a client is that has not said. */
  get #guest(): User | null {
    const { default: user } = this.#users;
    return user.noPassword && user.isEnabled ? user : null;
  }

  /** In RESP2 a client with subscriptions could not tell replies from messages: it may say little else. */
  get isSubscriber(): boolean {
    return this.protocol === 2 && this.listens;
  }

  get listens(): boolean {
    return this.listening !== null && this.listening.total > 0;
  }

  /** The users have changed since it was looked at. */
  get isOutdated(): boolean {
    return this.realm.access.users !== this.#users;
  }

  /** Whose passwords have changed is to come again. */
  meetAnew(): void {
    const { users } = this.realm.access;
    this.#users = users;
    if (this.user === null) return;
    const user = users.get(this.user.name);
    if (user?.hasPasswordsOf(this.user)) this.user = user;
    else {
      this.user = null;
      this.authenticatedAs = null;
      this.closing = true;
    }
  }

  /** Whether name and password are right. @param userAt 0 where no user is named. */
  authenticate(command: RespCommand, userAt: number, passwordAt: number): boolean {
    const { access } = this.realm;
    const name = userAt === 0 ? 'default' : argumentOf(command, userAt).toString('latin1');
    const user = access.authenticate(name, argumentOf(command, passwordAt));
    if (user !== null || access.isOnePassword) {
      this.user = user;
      this.authenticatedAs = user?.name ?? null;
    }
    return user !== null;
  }

  speak(protocol: Protocol): void {
    if (protocol === this.protocol) return;
    this.tracking?.onLost();
    this.protocol = protocol;
    this.linksFor(this.links?.database ?? null);
  }

  select(database: number): void {
    if (database === this.links?.database) return;
    this.tracking?.onLost();
    this.linksFor(database);
  }

  /** The links that it needs from here on. */
  linksFor(database: number | null): LinkState {
    const shared = { protocol: this.protocol === 3 ? 3 : 0, database };
    this.links = this.tracking === null ? shared : { ...shared, own: this.tracking };
    return this.links;
  }

  /** As it was when the client came. */
  reset(): void {
    this.transaction = null;
    this.watch?.close();
    this.watch = null;
    this.monitor?.close();
    this.monitor = null;
    this.listening?.leave();
    this.user = this.#guest;
    this.authenticatedAs = null;
    this.protocol = 2;
    this.tracking?.redirection?.close();
    this.tracking = null;
    this.links = null;
    this.name = new Uint8Array();
    this.silence = Silence.none;
    this.muted = false;
  }
}
