import type { ReplyClass } from '@shardmux/plugin-api';
import type { Request } from '../request/request.js';
import type { RequestHolder } from './request-holder.js';

/** Sends requests on that a server has not served. */
export interface Redispatcher {
  /** What the server said instead is `bytes[start, end)`. False: the client is to see that. */
  redirect(
    link: RequestHolder,
    request: Request,
    bytes: Uint8Array,
    start: number,
    end: number,
    reply: ReplyClass,
  ): boolean;
  /** Sends it where its keys are by now. False: there is no such server. */
  again(link: RequestHolder, request: Request): boolean;
}
