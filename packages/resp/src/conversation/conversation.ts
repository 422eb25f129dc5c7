/**
 * What one client's connection has said about itself.
 *
 *   shut (nobody yet) ── right password ──► open (a user) ── MULTI ──► gathering
 *     ▲                                      │  ▲                          │
 *     └─────────── wrong password ───────────┘  └────── EXEC, DISCARD ─────┘
 *   QUIT, in any state, and a change of the user's passwords ──► closing
 *
 * Where users are configured a wrong password changes nothing, as in Redis; else it shuts, as in Twemproxy.
 */
import {
  type Answer,
  type Conversation,
  type ConversationClient,
  Handling,
  type LinkState,
  type PrivateLink,
} from '@shardmux/plugin-api';
import type { User } from '../access/user.js';
import type { Users } from '../access/users.js';
import { Refusal } from '../commands/refusal.js';
import { errorReply } from '../error-reply.js';
import type { RespCommand } from '../request/resp-command.js';
import { argumentOf } from './arguments.js';
import type { Blocked } from './clients/blocked.js';
import { Silence } from './clients/silence.js';
import { clusterInfo } from './cluster/cluster-commands.js';
import { localCommands } from './local-commands.js';
import type { Listening } from './pubsub/listening.js';
import type { RespRealm } from './realm.js';
import { rejection } from './rejection.js';
import type { Protocol } from './replies.js';
import { ProvisionedRun } from './scripts/provisioned-run.js';
import type { Monitor } from './servers/monitor.js';
import type { Tracking } from './tracking/tracking.js';
import { runWithCaching, withCaching } from './tracking/tracking-commands.js';
import { gather } from './transactions/gathering.js';
import type { Transaction } from './transactions/transaction.js';
import { askAbout, isUnknown, recognise } from './vocabulary/unknown-command.js';

const noAuth = errorReply('NOAUTH Authentication required');
const noAuthOfRedis = errorReply('NOAUTH Authentication required.');

const allowedWhileShut = new Set(['auth', 'hello', 'quit', 'reset']);
const allowedToSubscribers = new Set([
  ...['subscribe', 'psubscribe', 'ssubscribe', 'unsubscribe', 'punsubscribe', 'sunsubscribe'],
  ...['ping', 'quit', 'reset'],
]);
/** What Redis refuses before it looks at who asks. */
const malformed = new Set<Refusal>([Refusal.unknownCommand, Refusal.unknownSubcommand, Refusal.wrongArity]);
const notGathered = new Set(['multi', 'exec', 'discard', 'quit', 'reset', 'watch']);
export class RespConversation implements Conversation<RespCommand> {
  readonly realm: RespRealm;
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
  watch: PrivateLink | null = null;
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

  #intercepts = false;
  /** The realm's changes that this has seen; -1: it is to be looked at anew. */
  #seen = -1;

  /** @param id unlike that of any other of the realm. */
  constructor(realm: RespRealm, client: ConversationClient, id: number) {
    this.realm = realm;
    this.client = client;
    this.id = id;
    this.#users = realm.access.users;
    this.user = this.#guest;
  }

  get open(): boolean {
    return this.user !== null;
  }

  /** Asked for every command: what it depends on changes with an answer, or with the realm. */
  get intercepts(): boolean {
    if (this.#seen !== this.realm.changes) {
      this.#seen = this.realm.changes;
      this.#intercepts = this.looksAtAll;
    }
    return this.#intercepts;
  }

  private get looksAtAll(): boolean {
    const { access } = this.realm;
    return (
      !this.user?.isUnrestricted ||
      this.transaction !== null ||
      this.monitor !== null ||
      access.users !== this.#users ||
      access.denies ||
      this.silence !== Silence.none ||
      this.realm.pause !== null ||
      this.realm.cluster !== null ||
      (this.tracking !== null && this.tracking.caching !== null) ||
      this.isSubscriber
    );
  }

  /** Whom a client is that has not said. */
  get #guest(): User | null {
    const { default: user } = this.#users;
    return user.noPassword && user.isEnabled ? user : null;
  }

  /** In RESP2 a client with subscriptions could not tell replies from messages: it may say little else. */
  get isSubscriber(): boolean {
    return this.listening !== null && this.protocol === 2 && this.listens;
  }

  get listens(): boolean {
    return this.listening !== null && this.listening.total > 0;
  }

  answer(command: RespCommand): Answer {
    this.#seen = -1;
    const { pause } = this.realm;
    if (isUnknown(command)) recognise(command, this.realm);
    const mayWait =
      command.refusal === Refusal.none && (this.open || allowedWhileShut.has(command.spec.name));
    if (pause !== null && mayWait && pause.holds(command, this.transaction)) return pause;
    this.muted = this.silence !== Silence.none;
    if (this.silence === Silence.once) this.silence = Silence.none;
    return this.route(command);
  }

  route(command: RespCommand): Answer {
    const { name } = command.spec;
    const { access } = this.realm;
    if (access.users !== this.#users) this.#meetAnew(access.users);
    if (this.closing || (!this.open && !allowedWhileShut.has(name))) {
      return access.hasUsers ? noAuthOfRedis : noAuth;
    }
    const question = isUnknown(command) ? askAbout(this, command) : null;
    if (question !== null) return question;
    const { transaction } = this;
    const refusal = access.refusalOf(command, this.user);
    if (refusal !== null) {
      if (transaction !== null) transaction.isSpoilt = true;
      return refusal;
    }
    if (this.monitor?.forbids(command)) return this.monitor.refuse(transaction);
    if (transaction !== null && !notGathered.has(name)) return gather(this.realm, transaction, command);
    if (this.isSubscriber && !malformed.has(command.refusal) && !allowedToSubscribers.has(name))
      return notNow(name);
    if (command.refusal !== Refusal.none) return this.refuse(command);
    return this.serve(command);
  }

  private serve(command: RespCommand): Answer {
    const { name } = command.spec;
    if (command.handling === Handling.reject) return rejection(command);
    const caching = keepsCaching(name) ? null : (this.tracking?.takeCaching() ?? null);
    if (name === 'info' && this.realm.cluster !== null) return clusterInfo(this, command);
    const own = command.handling === Handling.local ? localCommands.get(name) : undefined;
    const answer = own === undefined ? null : own(this, command);
    if (caching === null || command.keyCount === 0) return answer;
    if (answer === null) return withCaching(command, caching);
    return answer instanceof ProvisionedRun ? runWithCaching(answer, command.spec, caching) : answer;
  }

  /** What is wrong with it ends a transaction where it was to end, and spoils it elsewhere. */
  refuse(command: RespCommand): Answer {
    const { transaction } = this;
    if (command.spec.name !== 'exec') {
      return transaction === null ? rejection(command) : gather(this.realm, transaction, command);
    }
    this.transaction = null;
    this.watch?.close();
    this.watch = null;
    return errorReply(
      "EXECABORT Transaction discarded because of: wrong number of arguments for 'exec' command",
    );
  }

  /** Whether name and password are right. @param userAt 0 where no user is named. */
  authenticate(command: RespCommand, userAt: number, passwordAt: number): boolean {
    const { access } = this.realm;
    const name = userAt === 0 ? 'default' : argumentOf(command, userAt).toString('latin1');
    const user = access.authenticate(name, argumentOf(command, passwordAt));
    if (user !== null || !access.hasUsers) {
      this.user = user;
      this.authenticatedAs = user?.name ?? null;
    }
    return user !== null;
  }

  /** The users have changed. Whose passwords have is to come again. */
  #meetAnew(users: Users): void {
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

  end(): void {
    this.listening?.leave();
    this.tracking?.redirection?.close();
    this.realm.conversations.delete(this.id);
  }
}

/** CLIENT CACHING is for the next command, or for the next transaction. */
function keepsCaching(name: string): boolean {
  return name.startsWith('client|') || name === 'multi' || name === 'exec';
}

function notNow(name: string): Uint8Array {
  const allowed = '(P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET';
  return errorReply(`ERR Can't execute '${name}': only ${allowed} are allowed in this context`);
}
