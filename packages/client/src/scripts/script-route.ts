import type { ServerNode } from '@shardmux/core';
import type { Call, Command } from '../calls/call.js';
import type { Outlet } from '../calls/outlet.js';
import type { Route } from '../calls/route.js';
import type { Script } from './script.js';

/**
 * Runs a script on the server that owns its keys.
 *
 *   server not known to have it ──► EVAL, and known from now on
 *   known ──► EVALSHA ──► NOSCRIPT ──► EVAL
 */
export class ScriptRoute implements Route {
  readonly #script: Script;
  #node: ServerNode | null = null;
  #sentSource = false;

  constructor(script: Script) {
    this.#script = script;
  }

  send(outlet: Outlet, call: Call): void {
    const { evalsha, sha } = this.#script;
    const args = [sha, ...call.args];
    this.#node = outlet.ownerOf(evalsha, args);
    if (this.#node !== null && this.#script.isLoadedOn(this.#node)) outlet.sendCommand(call, evalsha, args);
    else this.#sendSource(outlet, call);
  }

  commandOf(call: Call): Command {
    return { name: this.#script.eval, args: [this.#script.lua, ...call.args] };
  }

  retries(outlet: Outlet, call: Call, reply: unknown): boolean {
    if (this.#sentSource || !(reply instanceof Error) || !reply.message.startsWith('NOSCRIPT')) return false;
    this.#sendSource(outlet, call);
    return true;
  }

  #sendSource(outlet: Outlet, call: Call): void {
    this.#sentSource = true;
    if (this.#node !== null) this.#script.loadedOn(this.#node);
    const { name, args } = this.commandOf(call);
    outlet.sendCommand(call, name, args);
  }
}
