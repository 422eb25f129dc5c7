import type { CommandSpec } from './command-spec.js';
import type { Errand } from './errand.js';
import type { LinkState } from './link-state.js';
import type { DecodedCommand, KeyRanges } from './request-decoder.js';
import type { Run } from './run.js';
import type { ChannelPlacement } from './subscriptions.js';

/** The rules of each user in the protocol's own words, by the user's name; or a file of them. */
export type UserRules = Readonly<Record<string, readonly string[]>> | Uint8Array;

/** What clients are held to, by others than the codec. 0 means no limit where it says so. */
export interface RealmLimits {
  /** Clients of the pool; 0 for any number. */
  readonly maxClients: number;
  /** How long a client may be silent, in ms; 0 for ever. */
  readonly idleTimeout: number;
  /** Bytes of one argument. */
  readonly maxBulkLength: number;
}

export interface RealmPeers {
  /** Asks all of them; resolves with the answers of those that gave one. Questions and answers are plain data. */
  ask(question: unknown): Promise<readonly unknown[]>;
}

/** Where clients reach a proxy of a pool. */
export interface ClusterMember {
  readonly host: string;
  readonly port: number;
}

/** Who may enter. */
export interface RealmUsers {
  /** What clients must authenticate with; `null` where anyone may enter. */
  readonly password: string | null;
  /** Left out: there is one user, whom the password is for and who may do everything. */
  readonly users?: UserRules;
}

export interface RealmOptions extends RealmUsers {
  /** Commands that no user may run, by name. Left out: a list of the codec's own. */
  readonly deny?: readonly string[];
  /** How many bytes of commands a client may gather, to have them run as one. Left out: it may gather none. */
  readonly maxRunBytes?: number;
  /** Clients are sent what they subscribe to. Left out: they cannot subscribe. */
  readonly subscribes?: boolean;
  /** Left out: `hashed`. */
  readonly channels?: ChannelPlacement;
  /** The proxies that clients are to see as a cluster; `null`, or left out: they see one server. */
  readonly cluster?: readonly ClusterMember[] | null;
  /** The realms of the same pool in other processes; `null`, or left out: there are none. */
  readonly peers?: RealmPeers | null;
  /** What ids that it gives to clients are greater than, so that no two processes give the same. Left out: 0. */
  readonly firstId?: number;
  /** Whether servers are asked about commands that the codec does not know. Left out: these are refused. */
  readonly learns?: boolean;
  /** What the pool tells clients that ask for it; none where it has none. */
  readonly limits?: RealmLimits | null;
  /**
   * A client asks for the users to be read anew, where they came from. Left out: nobody can.
   * @throws where they cannot be used; nothing has changed then.
   */
  readonly reload?: () => void;
}

/** What the conversations of one pool have in common: who may enter, and what they know of each other. */
export interface Realm<Command extends DecodedCommand = DecodedCommand> {
  createConversation(client: ConversationClient): Conversation<Command>;
  /**
   * Who may enter from now on. Clients that are in are held to it with their next command. Left out: it has no users.
   * @throws where the rules are wrong; nothing has changed then. The message names no secret.
   */
  replaceUsers?(users: RealmUsers): void;
  /** Answers what the same pool's realm in another process asks, in plain data. Left out where none asks. */
  answerPeer?(question: unknown): Promise<unknown>;
}

/** The client that a conversation is held with. */
export interface ConversationClient {
  /** Where it is: `host:port`, a path, or what else it is known by. */
  readonly remote: string;
  /** False: what is pushed is dropped. */
  readonly hears: boolean;
  /** Where it came in, likewise. */
  readonly local: string;
  /** ms since it came. */
  readonly age: number;
  /** ms since it sent anything. */
  readonly idle: number;
  /** Its commands may be answered by `Later`. */
  readonly mayWait: boolean;
  /** The last one it sent; `null` where that is not known. */
  readonly lastCommand: CommandSpec | null;
  /**
   * Stands for the connection that a command with these keys would take now: the server gets what goes there in its
   * order, and another object stands for the next one. `null`: there is none, or it is not open yet.
   */
  connectionFor(keys: KeyRanges): object | null;
  /** Sends what no command asked for, behind all replies that are owed. The bytes are copied. */
  push(bytes: Uint8Array, start: number, end: number): void;
  /** Ends the conversation at once. */
  destroy(): void;
}

/** Its time has not come: the command is to be passed to `answer` again when `over` resolves, and what follows waits. */
export interface Later {
  readonly kind: 'later';
  readonly over: Promise<void>;
}

/**
 * What is to be done with a command.
 *
 * Bytes: they are the whole reply. A run or an errand: its reply is the client's. `null`: the command goes on as its
 * handling says, and where that says nothing by its keys. Later: nothing yet.
 */
export type Answer = Uint8Array | Run | Errand | Later | null;

/** The state that one client's connection has in the protocol: is it authenticated, does it want to leave? */
export interface Conversation<Command extends DecodedCommand = DecodedCommand> {
  /** False: the client has not said yet who it is, and its commands are held to stricter limits. */
  readonly open: boolean;
  /** The user that the client has authenticated as; `null`, or left out: none. Changes only with an answer in bytes. */
  readonly authenticatedAs?: string | null;
  /** True: every command is to be passed to `answer`, whatever its handling. Not only while it is not open. */
  readonly intercepts: boolean;
  /** The client waits to be told of what others do: its silence is no sign that it is gone. Left out: it never does. */
  readonly listens?: boolean;
  /** The client does not want the reply to the command that was passed to `answer` last. */
  readonly muted: boolean;
  /** True once the client asked to leave: close when all before it is answered. */
  readonly closing: boolean;
  /** What it needs of connections to servers. `null`: what the pool's own have. Another object with each change. */
  readonly links: LinkState | null;
  /** To be called with every command that is `local` or `reject`, or comes while it intercepts. May change the state. */
  answer(command: Command): Answer;
  /** The client is gone. The last call. */
  end(): void;
}
