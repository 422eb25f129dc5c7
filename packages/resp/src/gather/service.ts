import type { ErrandHost, ErrandNode } from '@shardmux/plugin-api';
import type { CopiedCommand } from './copied-command.js';

/**
 * How a command is served whose keys lie on several servers: resolves with its whole reply.
 * It throws a `ReplyError` where a server refuses a step, which is then the reply.
 */
export type Service = (command: CopiedCommand, host: ErrandHost) => Promise<Uint8Array>;

/** A server, over whichever connection. */
export type Server = Pick<ErrandNode, 'ask'>;
