import { ShardmuxError } from '@shardmux/plugin-api';

/** A package cannot be made as it was asked for, and nothing was written. The code is `SHARDMUX_SCAFFOLD`. */
export class ScaffoldError extends ShardmuxError {
  constructor(message: string) {
    super('SHARDMUX_SCAFFOLD', message);
  }
}
