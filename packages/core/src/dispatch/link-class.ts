import type {
  Codec,
  ConnectOptions,
  Handshake,
  LinkCredentials,
  OwnLinks,
  Transport,
} from '@shardmux/plugin-api';
import type { Engine } from '../engine.js';
import type { Backoff } from './reconnect.js';
import type { Redispatcher } from './redispatcher.js';

/** What all links of one class have in common: the handshake's state, and how they are opened. */
export interface LinkClass {
  readonly engine: Engine;
  readonly codec: Codec;
  readonly transport: Transport;
  readonly connect: ConnectOptions;
  /** Made for each connection: a password may be another by then. */
  readonly handshake: (own?: Pick<LinkCredentials, 'greeting' | 'replica'>) => Handshake | null;
  readonly backoff: Backoff;
  /** ms from queueing until a request is answered with `timeout`; 0 for never. */
  readonly timeout: number;
  /** Bytes of requests in flight above which sessions that use the link are paused. */
  readonly maxBytes: number;
  /** Whether a read whose link closed may be sent once more. */
  readonly retryReads: boolean;
  /** Whether requests wait while the server cannot be reached, and for how long; `null`: they are refused at once. */
  readonly offline: OfflineQueue | null;
  /** How many requests wait for a connection, over all links of the class. */
  readonly waiting: () => number;
  /** Takes what a server did not serve; `null`: it fails, and the owner sees what the server said. */
  readonly redispatch: Redispatcher | null;
  /** Only reads come here, and a primary takes those that it does not answer. */
  readonly isReplica: boolean;
  /** Whose they are; `null`: they are shared. */
  readonly own: OwnLinks | null;
  /** Whether a link that was opened is opened anew when it is lost, with no request asking for it. */
  readonly reopens: boolean;
}

/** As its links to one server are: what they begin with may be for that server alone. */
export function forServer(parts: LinkClass, node: string): LinkClass {
  const { own, handshake } = parts;
  return own === null ? parts : { ...parts, handshake: () => handshake({ greeting: own.greetingFor(node) }) };
}

export interface OfflineQueue {
  /** How many attempts to connect may fail before a request that waits does; `Infinity` for any number. */
  readonly maxAttempts: number;
  /** How many requests may wait for a connection, over all links; further ones are refused. */
  readonly maxRequests: number;
}
