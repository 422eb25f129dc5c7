/** In which form an application wants values. */
export interface ReadOptions {
  /** Strings as buffers of their own. */
  readonly buffers: boolean;
  /** Numbers of every kind as strings. */
  readonly stringNumbers: boolean;
}

/** Makes values of replies that were framed: only ever called with whole ones. Keeps nothing of the bytes. */
export interface ReplyReader {
  /** The value of the reply that begins at `start`; an error reply is returned as a `ReplyError`, not thrown. */
  read(bytes: Uint8Array, start: number, end: number, options: ReadOptions): unknown;
  /** The offset after the reply read last: replies of one run follow each other. */
  readonly next: number;
}
