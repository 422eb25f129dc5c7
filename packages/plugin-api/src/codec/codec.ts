import type { CommandSpec } from './command-spec.js';
import type { Conversation, Realm, RealmOptions } from './conversation.js';
import type { Errand } from './errand.js';
import type { Merger, Splitter } from './fragments.js';
import type { Replication } from './replication.js';
import type { ReplyFramer } from './reply-framer.js';
import type { ReplyReader } from './reply-reader.js';
import type { DecodedCommand, DecoderLimits, RequestDecoder } from './request-decoder.js';
import type { RequestEncoder } from './request-encoder.js';
import type { SubscriptionCodec } from './subscriptions.js';

/** Why the engine, and no server, answers a request. */
export type Failure =
  /** No connection to the server could be made, or no server is left. */
  | 'refused'
  /** The server did not answer within the pool's timeout. */
  | 'timeout'
  /** The server closed the connection while the request was under way: its outcome is unknown. */
  | 'closed'
  /** The server's name cannot be resolved. */
  | 'unresolved'
  /** The server's reply was not of this protocol. */
  | 'garbage'
  /** The keys lie on different nodes and the command cannot be split. */
  | 'crossSlot'
  /** More waits for a server that cannot be reached than may. */
  | 'overflow'
  /** The pool's hash or distribution gave no node for a key. */
  | 'misrouted'
  /** The pool has as many clients as it may have. */
  | 'maxClients'
  /** As many connections are in use by single clients as may be. */
  | 'privateLinks'
  /** A read that is for replicas alone, of which none is fit to be read from. */
  | 'noReplica'
  /** The codec could not serve the command. */
  | 'broken';

/** What a new connection to a server needs before requests may use it. */
export interface Handshake {
  readonly request: Uint8Array;
  /** How many replies the request has: all of them must be of class ok … */
  readonly replies: number;
  /** … but so many, the last ones. Left out: 0. */
  readonly optional?: number;
}

/** Who a connection to a server is. */
export interface LinkCredentials {
  /** `null`: the server's default user. */
  readonly username: string | null;
  readonly password: string | null;
  readonly database: number;
  /** The codec's own number; left out: 0. */
  readonly protocol?: number;
  /** A command that comes behind all others that are not optional; left out: none. */
  readonly greeting?: Uint8Array | undefined;
  /** The connection is for reads of a replica; left out: false. One that need not be told serves all the same. */
  readonly replica?: boolean | undefined;
  /** What the server lists the connection as; `null` for nothing. A server that refuses the name serves all the same. */
  readonly name: string | null;
}

/** How servers send requests to each other. */
export interface Redirects {
  /** Whom a reply of class `moved` or `ask` names; an empty host is that of the server that replied. */
  target(
    bytes: Uint8Array,
    start: number,
    end: number,
  ): { readonly host: string; readonly port: number } | null;
  /** Goes before a request that a reply of class `ask` sends elsewhere. It has one reply. */
  readonly asking: Uint8Array;
}

/**
 * A protocol. Experimental. One object serves all pools; what has state is created per connection.
 *
 * @typeParam Command what its decoders stand on, with all that the other parts of the codec read from there. The
 *   engine passes a codec nothing but its own commands and specs.
 */
export interface Codec<
  Spec extends CommandSpec = CommandSpec,
  Command extends DecodedCommand = DecodedCommand,
> {
  /** The decoder holds a client to stricter limits while its conversation is not open. */
  createDecoder(limits: DecoderLimits, conversation: Pick<Conversation, 'open'>): RequestDecoder & Command;
  createFramer(): ReplyFramer;
  /** Once per pool. */
  createRealm(options: RealmOptions): Realm<Command>;
  readonly splitter: Splitter<Spec, Command>;
  readonly merger: Merger<Spec>;
  /**
   * How a command is served whose keys lie on several servers and that cannot be split, where the pool allows it.
   * `null`: it is refused, as all are where this is left out. The command's bytes may go when this returns.
   */
  gather?(command: Command): Errand | null;
  /** An application's side: what a client in the same process sends and gets. */
  readonly encoder: RequestEncoder;
  createReader(): ReplyReader;
  /** Left out: no reply is of class `moved` or `ask`. */
  readonly redirects?: Redirects | undefined;
  /** Left out: replicas are not read from. */
  readonly replication?: Replication | undefined;
  /** Left out: the protocol has no subscriptions. */
  readonly subscriptions?: SubscriptionCodec | undefined;
  /** What an error reply begins with (`WRONGTYPE`): a short word that names no key and no value. */
  errorCode(bytes: Uint8Array, start: number, end: number): string;
  /** `null` where nothing need be said first. */
  handshake(credentials: LinkCredentials): Handshake | null;
  /** A request that any healthy server answers with class ok. */
  readonly probe: Uint8Array;
  /** A whole error reply. The same bytes each time, never to be written to. */
  failureReply(failure: Failure): Uint8Array;
}
