import type { CommandSpec } from './command-spec.js';
import type { LinkState } from './link-state.js';
import type { DecodedCommand } from './request-decoder.js';
import type { Run } from './run.js';
import type { Subscriptions } from './subscriptions.js';

/**
 * A command that takes more than one request to one server: it scans all of them in turn, say, or waits on a
 * connection of its own.
 *
 *   all before it is answered ──► run ──► its reply ──► what came after it goes on
 *
 * So it has its conversation to itself, and sees and leaves the servers as if they were one that does one thing after
 * the other.
 */
export interface Errand {
  readonly kind: 'errand';
  /** What it is called. */
  readonly spec: CommandSpec;
  /** It may wait for other clients: where replies need no order, what came after it does not wait for its end. */
  readonly blocks: boolean;
  /**
   * Resolves with the whole reply. What it rejects with is answered by an error: a `FailureError` by that of its
   * failure. Rejections of the host's promises may be passed on.
   */
  run(host: ErrandHost): Promise<Uint8Array>;
}

/** What an errand may do. What it is given is its own: replies are copies. */
export interface ErrandHost {
  /** The servers in service, in the order of the topology. Of a topology that changes, as it is now. */
  readonly nodes: readonly ErrandNode[];
  /**
   * The servers that the conversation may have changed something on since it began, with commands that are not
   * `readonly`. One that is out of service is still among them.
   */
  readonly written: readonly ErrandNode[];
  /** @throws {FailureError} where no server owns the key. */
  ownerOf(key: Uint8Array): ErrandNode;
  /**
   * From here on the conversation's commands go out on links in this state, which it must have in `links` as well when
   * the errand ends.
   * @throws {FailureError} where there may not be as many links of its own.
   */
  useLinks(state: LinkState | null): void;
  /**
   * Sends a command as its handling says, and where that says nothing by its keys. Its bytes may go when this returns.
   */
  dispatch(command: DecodedCommand): Promise<Uint8Array>;
  /** Likewise a run, to the one server of all its keys: resolves with its last reply. */
  dispatchRun(run: Run): Promise<Uint8Array>;
  /**
   * The servers may be others than they are known to be. Resolves with true when they were asked for anew, and it is
   * worth another try; with false where nobody tells of others.
   */
  doubt(): Promise<boolean>;
  /** @throws {FailureError} where the codec has none, or the client is gone. */
  readonly subscriptions: Subscriptions;
}

export interface ErrandNode {
  /** Stays the same while the server has its place in the topology. */
  readonly name: string;
  /**
   * Over the connection that the conversation's commands take.
   * @param replies how many the request has; the last one is it.
   */
  ask(request: Uint8Array, replies?: number): Promise<Uint8Array>;
  /**
   * A connection that nobody else uses, in the state that the conversation's commands have it in. It is the
   * conversation's until it is released or closed, and closed with the conversation.
   * @throws {FailureError} at once, where as many are in use as may be.
   */
  lease(): PrivateLink;
}

export interface PrivateLink {
  /** Of the server. */
  readonly node: string;
  /** The connection was lost, or closed. */
  readonly isClosed: boolean;
  /** Is told of what comes and answers no request; the bytes are its own only until it returns. */
  onMessage: ((bytes: Uint8Array, start: number, end: number) => void) | null;
  /** Is told, once, that its server is used no more: what waits there waits for nothing, and is closed after a while. */
  onLeaving: (() => void) | null;
  /** Is told whenever keys may have other servers than before, though this one may be used as ever. */
  onRoutesChanged: (() => void) | null;
  /** Is told, once, when `isClosed` becomes true. */
  onClosed: (() => void) | null;
  /**
   * @param replies how many the request has; the last one is it.
   * @param patience ms that the server may take beyond the pool's timeout; `Infinity` for ever.
   */
  ask(request: Uint8Array, replies?: number, patience?: number): Promise<Uint8Array>;
  /** It is as it was when it was leased, and nothing is under way: the next one may have it. */
  release(): void;
  /** What is under way fails. May be called twice. */
  close(): void;
}
