/** What a reply means to the engine. Numbers, since the hot path compares them. */
export const ReplyClass = {
  ok: 0,
  /** An error that the client is to see and that says nothing about the server's health. */
  error: 1,
  /** The server cannot serve just now (it loads its data, say): forwarded, but no sign of health. */
  notReady: 2,
} as const;

export type ReplyClass = (typeof ReplyClass)[keyof typeof ReplyClass];

/** Answers of `frame` that are no offset. */
export const FRAME_INCOMPLETE = -1;
export const FRAME_MALFORMED = -2;

/**
 * Finds where replies end in the bytes of one server. Iterative, allocates nothing, resumable as the decoder is.
 * Experimental: pushes and replies that do not settle their request join it with RESP3.
 */
export interface ReplyFramer {
  /**
   * @param start where the current reply begins.
   * @returns the offset after it, or FRAME_INCOMPLETE (call again with the same start and more bytes), or
   *   FRAME_MALFORMED (nothing more can be framed).
   */
  frame(bytes: Uint8Array, start: number, end: number): number;
  /** Of the reply framed last. */
  readonly replyClass: ReplyClass;
  /** A lower bound for the whole length of the incomplete reply, in bytes. */
  readonly expected: number;
}
