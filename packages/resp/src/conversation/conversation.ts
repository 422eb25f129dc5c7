import { type Answer, type Conversation, Handling } from '@shardmux/plugin-api';
import { Refusal } from '../commands/refusal.js';
import { errorReply } from '../error-reply.js';
import type { RespCommand } from '../request/resp-command.js';
import { ClientState } from './client-state.js';
import { Silence } from './clients/silence.js';
import { clusterInfo } from './cluster/cluster-commands.js';
import { localCommands } from './local-commands.js';
import { rejection } from './rejection.js';
import { ProvisionedRun } from './scripts/provisioned-run.js';
import { runWithCaching, withCaching } from './tracking/tracking-commands.js';
import { gather, notGathered } from './transactions/gathering.js';
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

/**
 * What is done with the commands of one client.
 *
 *   command ──► all is paused ──────────────► later
 *     ├───────► shut, denied, wrong ────────► refused
 *     ├───────► not known ──────────────────► asked about, and read anew
 *     ├───────► within a transaction ───────► gathered
 *     └───────► served here, or left to its handling
 */
export class RespConversation extends ClientState implements Conversation<RespCommand> {
  #intercepts = false;
  /** The realm's changes that this has seen; -1: it is to be looked at anew. */
  #seen = -1;

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
      this.isOutdated ||
      access.denies ||
      this.silence !== Silence.none ||
      this.realm.pause !== null ||
      this.realm.cluster !== null ||
      (this.tracking !== null && this.tracking.caching !== null) ||
      this.isSubscriber
    );
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
    if (this.isOutdated) this.meetAnew();
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
