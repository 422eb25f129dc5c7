import type { ServerNode } from '@shardmux/core';
import type { Command } from '../calls/command.js';
import type { Outlet } from '../calls/outlet.js';
import type { Route } from '../calls/route.js';
import type { Script } from './script.js';

/**
 * Runs a script on the server that owns its keys.
 *
 *   server not known to have it ──► EVAL, and known from now on
 *   known ──► EVALSHA ──► NOSCRIPT ──► EVAL
 *
 * The second EVAL runs behind what was sent in the meantime. A pipeline must not be put out of order, so it relies on
 * nothing that it did not send itself.
 */
export class ScriptRoute implements Route {
  readonly #script: Script;
  readonly #loadedOn: WeakSet<ServerNode>;
  #node: ServerNode | null = null;
  #sentSource = false;

  /** @param loadedOn the servers that are known to have the script; kept up to date. */
  constructor(script: Script, loadedOn = script.loadedOn) {
    this.#script = script;
    this.#loadedOn = loadedOn;
  }

  send<Call extends Command>(outlet: Outlet<Call>, call: Call): void {
    const { evalsha, sha } = this.#script;
    const args = [sha, ...call.args];
    this.#node = outlet.ownerOf(evalsha, args);
    if (this.#node !== null && this.#loadedOn.has(this.#node)) outlet.sendCommand(call, evalsha, args);
    else this.#sendSource(outlet, call);
  }

  commandOf(call: Command): Command {
    return { name: this.#script.eval, args: [this.#script.lua, ...call.args] };
  }

  retries<Call extends Command>(outlet: Outlet<Call>, call: Call, reply: unknown): boolean {
    if (this.#sentSource || !(reply instanceof Error) || !reply.message.startsWith('NOSCRIPT')) return false;
    this.#sendSource(outlet, call);
    return true;
  }

  #sendSource<Call extends Command>(outlet: Outlet<Call>, call: Call): void {
    this.#sentSource = true;
    if (this.#node !== null) this.#loadedOn.add(this.#node);
    const { name, args } = this.commandOf(call);
    outlet.sendCommand(call, name, args);
  }
}
