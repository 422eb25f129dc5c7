import { ShardmuxError } from '@shardmux/plugin-api';

/** A command cannot do what it was asked for; its message is all that its user need see. Code: `SHARDMUX_COMMAND`. */
export class CommandError extends ShardmuxError {
  constructor(message: string) {
    super('SHARDMUX_COMMAND', message);
  }
}
