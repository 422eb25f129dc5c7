import type { CommandSpec } from '@shardmux/plugin-api';
import { Request, type RequestOwner } from './request.js';
import type { Sender } from './sender.js';

/** More are rarely under way at once. */
const MAX_FREE = 16_384;

/** Requests at rest, for the next who needs one. */
export class RequestPool {
  readonly #free: Request[] = [];

  /** A request held by its owner alone. */
  acquire(owner: RequestOwner, sender: Sender, spec: CommandSpec): Request {
    const request = this.#free.pop() ?? new Request();
    request.owner = owner;
    request.sender = sender;
    request.spec = spec;
    request.holders = 1;
    return request;
  }

  /** One holder lets go. */
  release(request: Request): void {
    if (--request.holders > 0) return;
    request.owner = null;
    request.sender = null;
    request.bytes = null;
    request.slab = null;
    request.nextInLink = null;
    request.queuedAt = 0;
    request.attempts = 0;
    request.redirects = 0;
    request.preludeLength = 0;
    request.replies = 1;
    request.lastReply = 0;
    request.batch = null;
    request.answered = false;
    request.nextInOrder = null;
    request.replySlab = null;
    request.settled = false;
    request.failure = null;
    if (this.#free.length < MAX_FREE) this.#free.push(request);
  }
}
