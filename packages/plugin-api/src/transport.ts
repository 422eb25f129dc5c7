import type { LinkCredentials } from './codec/codec.js';
import type { Endpoint } from './endpoint.js';
import type { Reloadable } from './reloadable.js';

/**
 * Carries bytes. Experimental.
 *
 *   engine ── write(range) ──► Channel ──► kernel
 *   engine ◄── received(range) ── Channel ◄── kernel
 *
 * Both directions pass ranges of buffers and copy nothing; who may touch a range, and for how long, is the whole
 * of this contract. The engine calls `write` at most a few times per channel and turn of the event loop, with
 * everything that the turn produced, so a transport need not gather writes by itself. A native transport may
 * deliver a turn's events for many channels from one callback, and hold its writes back until `flush`.
 */
export interface Transport {
  /**
   * Begins to connect; the outcome is told to the handler: `opened`, or `closed` with the cause. Until then the engine
   * calls nothing but `destroy`.
   */
  connect(endpoint: Endpoint, options: ConnectOptions, handler: ChannelHandler): Channel;

  /**
   * Resolves when the endpoint is bound.
   * @param accept gives the handler of a connection that came in; `null` closes it at once.
   */
  listen(endpoint: Endpoint, options: ListenOptions, accept: Acceptor): Promise<Listener>;

  /** The turn's writes are all queued. `null` where `write` sends by itself. */
  readonly flush: (() => void) | null;

  /** Left out: the pool's settings hold. */
  readonly preferences?: LinkPreferences | undefined;

  /** Certificates and keys, for connections to come. Left out: there are none. */
  readonly certificates?: Reloadable | undefined;
}

/**
 * What the options of a transport say about links to servers beyond how they are opened. It goes before what the pool
 * says; what is left out is the pool's.
 */
export interface LinkPreferences {
  readonly credentials?: Partial<LinkCredentials>;
  /** ms until the next attempt to connect, after so many failures in a row; `null` to give up. */
  readonly reconnect?: (attempt: number) => number | null;
}

/** Memory that a transport may read into. */
export interface ReadRegion {
  readonly bytes: Buffer;
  /** The region is `bytes[start, end)`. */
  readonly start: number;
  readonly end: number;
}

export interface ConnectOptions {
  /** How long connecting may take, in ms; 0 leaves it to the system. */
  readonly connectTimeout: number;
  /** Idle time in ms before TCP keep-alive probes; 0 for none. */
  readonly keepAlive: number;
  readonly noDelay: boolean;
  /** Shared by all channels; bytes that are received there are moved on cheaply. Any other memory will do too. */
  readonly readRegion: ReadRegion;
}

/** Clients come through balancers alone, each of which begins every connection with a header of version 2. */
export interface ProxyProtocol {
  /**
   * The balancers' addresses and networks, `10.0.0.0/8`. Whoever else connects is refused. On a unix socket all are
   * trusted whom its mode lets in.
   */
  readonly trusted: readonly string[];
}

export interface ListenOptions {
  readonly backlog: number;
  readonly keepAlive: number;
  readonly noDelay: boolean;
  /** `null` or left out: clients come by themselves. A transport that cannot do it must not ignore it, but reject. */
  readonly proxyProtocol?: ProxyProtocol | null | undefined;
  /** Told who was turned away before `accept` could hear of it, and why: for logs. */
  readonly refused?: ((remote: string, reason: string) => void) | undefined;
  /** Shared by all channels; bytes that are received there are moved on cheaply. Any other memory will do too. */
  readonly readRegion: ReadRegion;
}

export type Acceptor = (channel: Channel) => ChannelHandler | null;

export interface Listener {
  /** As bound: a port of 0 has become the real one. */
  readonly endpoint: Endpoint;
  /** Accepts nothing more; open channels live on. Resolves when the endpoint is free. May be called twice. */
  close(): Promise<void>;
}

/** Is told what happens to one channel. Never called from within a call to the channel. */
export interface ChannelHandler {
  /** A connection that was begun stands. Not called for an accepted one. */
  opened(): void;
  /** Bytes `[start, end)` came in. They are the handler's only until it returns. */
  received(bytes: Uint8Array, start: number, end: number): void;
  /** The kernel has taken all that was written: every range is the writer's again. */
  drained(): void;
  /** The other side will send no more; it may still read. */
  ended(): void;
  /** The last call: the channel is gone. `error` where it did not end in good order. */
  closed(error: Error | null): void;
}

export interface Channel {
  /**
   * The other side, for logs and limits: `address:port`, or `unix`. Of a connection that came through a balancer it is
   * the client that the balancer has named.
   */
  readonly remote: string;
  /** This side, likewise. Left out where it has no address. */
  readonly local?: string;
  /**
   * Sends bytes `[start, end)`. True: they are in the kernel and the range is the writer's again. False: the
   * range is the transport's until `drained`. Writing on after false is allowed and queues.
   */
  write(bytes: Uint8Array, start: number, end: number): boolean;
  /** No `received` until `resume`. Both may be called twice. */
  pause(): void;
  resume(): void;
  /**
   * Sends what was written, then says that no more will come: `drained` follows when it is sent, and `closed` when
   * both sides have ended.
   */
  end(): void;
  /** Drops the connection at once; `closed` follows in a later turn. May be called twice. */
  destroy(): void;
}
