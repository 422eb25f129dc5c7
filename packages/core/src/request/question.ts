import { type CommandSpec, type Failure, FailureError, ReplyClass } from '@shardmux/plugin-api';
import type { Request, RequestOwner } from './request.js';
import type { RequestPool } from './request-pool.js';
import type { Sender } from './sender.js';

/** A request whose reply, of several the last, is a promise: for errands, which are not the common case. */
export class Question implements RequestOwner {
  readonly reply: Promise<Uint8Array>;
  readonly request: Request;
  /** What the reply is, once it is there. */
  replyClass: ReplyClass = ReplyClass.ok;
  readonly #requests: RequestPool;
  #resolve!: (reply: Uint8Array) => void;
  #reject!: (error: FailureError) => void;

  constructor(requests: RequestPool, sender: Sender, spec: CommandSpec, replies = 1) {
    this.#requests = requests;
    this.request = requests.acquire(this, sender, spec);
    this.request.replies = replies;
    this.reply = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  settle(request: Request, bytes: Uint8Array, start: number, end: number, replyClass: ReplyClass): void {
    this.replyClass = replyClass;
    const from = start + request.lastReply;
    this.#requests.release(request);
    this.#resolve(Buffer.from(bytes.subarray(from, end)));
  }

  fail(request: Request, failure: Failure): void {
    this.#requests.release(request);
    this.#reject(new FailureError(failure));
  }

  /** It is not waited for any longer. */
  expire(): void {
    this.request.answered = true;
    this.fail(this.request, 'timeout');
  }
}
