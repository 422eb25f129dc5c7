import { type Plugin, PluginError } from '@shardmux/plugin-api';
import type { PluginRef } from '../config/normalised.js';

/** A pool's plugin, as the one to blame: every error says whose it is. */
export class Culprit {
  readonly #name: string;

  constructor(pool: string, { kind, name }: Plugin, { use }: PluginRef) {
    const origin = use === name ? '' : ` (${use})`;
    this.#name = `pool "${pool}": ${kind} plugin "${name}"${origin}`;
  }

  /** Its options are refused by its own schema. */
  misconfigured(faults: readonly string[]): PluginError {
    return new PluginError('SHARDMUX_PLUGIN_OPTIONS', `${this.#name}: ${faults.join('; ')}`);
  }

  /** It threw or rejected. */
  failed(what: string, cause: unknown): PluginError {
    const message = cause instanceof Error ? cause.message : String(cause);
    return new PluginError('SHARDMUX_PLUGIN_FAILED', `${this.#name} ${what}: ${message}`, { cause });
  }

  /** It did something else than its contract says. */
  broke(promise: string): PluginError {
    return new PluginError('SHARDMUX_PLUGIN_BROKEN', `${this.#name} ${promise}`);
  }

  /** It did nothing for so many ms. */
  hangs(what: string, limit: number): PluginError {
    return new PluginError('SHARDMUX_PLUGIN_TIMEOUT', `${this.#name} ${what} within ${limit} ms`);
  }
}
