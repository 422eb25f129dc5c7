import type { CommandSpec, ReplyClass } from '@shardmux/plugin-api';
import type { Slab } from '../bytes/slab.js';
import type { Sender } from './sender.js';

/** Who waits for a request's reply. */
export interface RequestOwner {
  /**
   * The reply is `bytes[start, end)`, the owner's only until it returns. Called exactly once per request, unless
   * the owner has abandoned it. The owner then releases the request, now or when it has passed the reply on.
   */
  settle(request: Request, bytes: Uint8Array, start: number, end: number, replyClass: ReplyClass): void;
}

/**
 * One request on its way, and the two queues it stands in.
 *
 *   link's in-flight queue   (pairs replies with requests)   next by `nextInLink`
 *   owner's order queue      (gives replies back in order)   next by `nextInOrder`
 *
 *   acquired ──► sent to a link ──► settled ──► released by both ──► pool
 *                      │
 *                      └─ timed out or abandoned: the owner is served, the link keeps the request to swallow the
 *                         late reply
 *
 * Both queues are linked through the request itself, so that waiting in one costs no memory of its own.
 */
export class Request {
  owner: RequestOwner | null = null;
  /** `null` once it is answered. */
  sender: Sender | null = null;
  spec: CommandSpec | null = null;

  /** The link's: where the request's bytes lie until it is answered, since it may have to be sent again. */
  bytes: Buffer | null = null;
  start = 0;
  end = 0;
  slab: Slab | null = null;
  nextInLink: Request | null = null;
  /** When it was handed to the link, by the turn's clock. */
  queuedAt = 0;
  retried = false;
  /** The owner is served or gone; a reply that comes is swallowed. */
  answered = false;

  /** The owner's: its place in the order, and the reply if that came before its turn. */
  nextInOrder: Request | null = null;
  replySlab: Slab | null = null;
  replyStart = 0;
  replyEnd = 0;
  replyClass: ReplyClass = 0;
  settled = false;
  /** Which fragment of its command it is. */
  fragment = 0;

  /** How many queues hold it: it goes back to the pool when the last lets go. */
  holders = 0;
}
