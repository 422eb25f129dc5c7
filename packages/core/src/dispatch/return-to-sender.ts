import type { CommandSpec } from '@shardmux/plugin-api';
import type { Request } from '../request/request.js';

/**
 * What is answered no longer counts against its session, though a link may still wait for the reply.
 * @param server the ordinal of the link's.
 */
export function returnToSender(request: Request, server: number): void {
  request.sender?.returned(request.end - request.start, request.spec as CommandSpec, server);
  request.sender = null;
}
