import type { ServerNode } from '@shardmux/core';
import type { Command } from './command.js';
import type { Outlet } from './outlet.js';

/** How a call finds its server, where its keys alone do not tell. */
export interface Route {
  send<Call extends Command>(outlet: Outlet<Call>, call: Call): void;
  /** The call as one whole command, for a run that cannot be mended halfway. */
  commandOf(call: Command): Command;
  /** True where the reply is not the last word: the call was sent again. */
  retries<Call extends Command>(outlet: Outlet<Call>, call: Call, reply: unknown): boolean;
}

/** To one server, whatever its keys. */
export class NodeRoute implements Route {
  readonly #node: ServerNode;

  constructor(node: ServerNode) {
    this.#node = node;
  }

  send<Call extends Command>(outlet: Outlet<Call>, call: Call): void {
    outlet.sendToNode(call, this.#node, call.name, call.args);
  }

  commandOf(call: Command): Command {
    return call;
  }

  retries(): boolean {
    return false;
  }
}
