import type { Failure } from '@shardmux/plugin-api';

/** Is told what a link lives through. */
export interface LinkObserver {
  /** Of the server. */
  readonly name: string;
  readonly ordinal: number;
  /** It is out of service. */
  readonly isSuspended: boolean;
  /** @param duration ms since the connection was begun. */
  connected(duration: number): void;
  /** The link is closed, and why; `openSince` by the turn's clock, `null` where it never was open for requests. */
  disconnected(failure: Failure, openSince: number | null, error: Error | null): void;
  /** A request was answered by the server. */
  answered(): void;
  /** Requests ran out of time; at most once for requests that waited side by side. */
  timedOut(): void;
  /** What came answers no request. False: nobody understands it. */
  unasked(bytes: Uint8Array, start: number, end: number): boolean;
}
