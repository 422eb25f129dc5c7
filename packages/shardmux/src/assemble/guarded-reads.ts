import { inspect } from 'node:util';
import type { ReadableServer, ReadPolicy } from '@shardmux/plugin-api';
import type { Culprit } from './culprit.js';

/** Looks at each choice of a plugin, before reads go where nobody is. */
export class GuardedReads implements ReadPolicy {
  readonly usesReplicas: boolean;
  readonly followsWrites: boolean;
  readonly #policy: ReadPolicy;
  readonly #culprit: Culprit;

  constructor(policy: ReadPolicy, culprit: Culprit) {
    this.usesReplicas = policy.usesReplicas;
    this.followsWrites = policy.followsWrites;
    this.#policy = policy;
    this.#culprit = culprit;
  }

  /** @throws {PluginError} `SHARDMUX_PLUGIN_FAILED` with what the plugin threw, `SHARDMUX_PLUGIN_BROKEN`. */
  choose(servers: readonly ReadableServer[]): readonly ReadableServer[] {
    const chosen = this.#ask(servers);
    if (Array.isArray(chosen) && chosen.every((server) => servers.includes(server))) return chosen;
    throw this.#culprit.broke(
      `must choose a list of the servers that it is given, and chose ${inspect(chosen, { depth: 0 })}`,
    );
  }

  #ask(servers: readonly ReadableServer[]): readonly ReadableServer[] {
    try {
      return this.#policy.choose(servers);
    } catch (cause) {
      throw this.#culprit.failed(`has no choice of ${servers.length} servers`, cause);
    }
  }
}
