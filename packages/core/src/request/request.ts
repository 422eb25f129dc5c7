import type { CommandSpec, Failure, ReplyClass } from '@shardmux/plugin-api';
import type { Slab } from '../bytes/slab.js';
import type { Sender } from './sender.js';

/** Who waits for a request's reply. */
export interface RequestOwner {
  /**
   * The reply is `bytes[start, end)`, the owner's only until it returns; of a run, all its replies. Exactly one of
   * the two is called per request, once, unless the owner has abandoned it. The owner then releases the request,
   * now or when it has passed the reply on.
   */
  settle(request: Request, bytes: Uint8Array, start: number, end: number, replyClass: ReplyClass): void;
  /** No server answers. */
  fail(request: Request, failure: Failure): void;
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
  /** While it is deferred: after how many of its session's reads on replicas it comes. */
  behind = 0;
  /** Since when it waits, by the turn's clock; 0: since it was handed to the link. */
  queuedAt = 0;
  /** How often it lost its connection, and was kept for the next. */
  attempts = 0;
  /** How often in a row a server sent it to another one. */
  redirects = 0;
  /** Bytes before the request itself, for the server that it was sent to: they have a reply of their own. */
  preludeLength = 0;
  /** How many replies it has, that of the prelude too: a run, which goes out as one and holds together, has several. */
  replies = 1;
  /** Of all replies of a run: where the last one begins, from the first one's start. 0 for a single one. */
  lastReply = 0;
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
  /** Why no server answered: a fragment, or the command that this fragment speaks for. `null` where one did. */
  failure: Failure | null = null;
  /** Of a command that failed so: how many servers did their part, and how many there are. */
  applied = 0;
  shards = 0;
  /** The mark of the batch that it came in, where somebody watches. */
  batch: unknown = null;

  /** How many queues hold it: it goes back to the pool when the last lets go. */
  holders = 0;
}
