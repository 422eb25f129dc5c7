import { ReplyClass } from '@shardmux/plugin-api';
import type { Request } from '../request/request.js';

/** The replies of a run that have come so far. It is settled by all of them at once: they lie side by side. */
export class PartialRun {
  /** Their bytes. */
  length = 0;
  /** Where the owner's replies begin: behind that of the prelude. */
  first = 0;
  /** The first of them that says that the server does not serve the run, and where it is; `ok`: none does. */
  refusal: ReplyClass = ReplyClass.ok;
  refusalStart = 0;
  refusalEnd = 0;
  #count = 0;

  /**
   * One more has come.
   * @param length of all, with this one.
   * @returns whether the run has all its replies.
   */
  take(request: Request, length: number, replyClass: ReplyClass): boolean {
    const start = this.length;
    this.length = length;
    if (replyClass > ReplyClass.notReady && this.refusal === ReplyClass.ok) {
      this.refusal = replyClass;
      this.refusalStart = start;
      this.refusalEnd = length;
    }
    if (this.#count++ === 0 && request.preludeLength > 0) this.first = length;
    if (this.#count < request.replies) return false;
    request.lastReply = start - this.first;
    return true;
  }

  clear(): void {
    this.length = 0;
    this.first = 0;
    this.refusal = ReplyClass.ok;
    this.#count = 0;
  }
}
