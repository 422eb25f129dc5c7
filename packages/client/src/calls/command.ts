import type { Argument } from '@shardmux/plugin-api';

export interface Command {
  readonly name: string;
  readonly args: readonly Argument[];
}
