/**
 * What a reply means to the engine. Numbers, since the hot path compares them. From `moved` on nothing was done, and the
 * request may be sent elsewhere; where it is not, the client sees the error.
 */
export const ReplyClass = {
  ok: 0,
  /** An error that the client is to see and that says nothing about the server's health. */
  error: 1,
  /** The server cannot serve just now (it loads its data, say): forwarded, but no sign of health. */
  notReady: 2,
  /** The keys are another server's, for good. */
  moved: 3,
  /** This one request is to be asked of another server, behind the codec's `asking`. */
  ask: 4,
  /** Not now, but soon: keys are on the move, or nobody owns them for a moment. */
  tryAgain: 5,
  /** A write, and the server is a replica by now. */
  readOnly: 6,
} as const;

export type ReplyClass = (typeof ReplyClass)[keyof typeof ReplyClass];

/** Answers of `frame` that are no offset. */
export const FRAME_INCOMPLETE = -1;
export const FRAME_MALFORMED = -2;

/**
 * Finds where replies end in the bytes of one server, and the messages between them. Iterative, allocates nothing,
 * resumable as the decoder is.
 * Experimental: replies that do not settle their request may join it.
 */
export interface ReplyFramer {
  /**
   * @param start where the current reply or message begins.
   * @returns the offset after it, or FRAME_INCOMPLETE (call again with the same start and more bytes), or
   *   FRAME_MALFORMED (nothing more can be framed).
   */
  frame(bytes: Uint8Array, start: number, end: number): number;
  /** Of what was framed last. */
  readonly replyClass: ReplyClass;
  /** Whether what was framed last is a message that no request asked for; such a one is of class ok. */
  readonly isPush: boolean;
  /** A lower bound for the whole length of the incomplete reply, in bytes. */
  readonly expected: number;
}
