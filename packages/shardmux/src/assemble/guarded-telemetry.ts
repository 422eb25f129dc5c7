import type { ObservedPool, PoolObserver, Telemetry } from '@shardmux/plugin-api';
import { checkMembers, type Shape } from './check-part.js';
import type { Culprit } from './culprit.js';
import { inTime } from './in-time.js';

/** How long it may take to send on what it still has, in ms. */
const STOP_LIMIT = 5_000;

const observerShape: Shape<PoolObserver> = {
  operations: 'object or null',
  connected: 'function',
  disconnected: 'function',
  topologyChanged: 'function',
  failover: 'function',
};

/** Sees to it that a plugin gives what the engine will call, and that it ends in time. */
export class GuardedTelemetry implements Telemetry {
  readonly #telemetry: Telemetry;
  readonly #culprit: Culprit;
  #stopped: Promise<void> | null = null;

  constructor(telemetry: Telemetry, culprit: Culprit) {
    this.#telemetry = telemetry;
    this.#culprit = culprit;
  }

  /** @throws {PluginError} `SHARDMUX_PLUGIN_FAILED`, `SHARDMUX_PLUGIN_BROKEN`. */
  observe(pool: ObservedPool): PoolObserver {
    let observer: PoolObserver;
    try {
      observer = this.#telemetry.observe(pool);
    } catch (cause) {
      throw this.#culprit.failed('cannot observe', cause);
    }
    checkMembers(observerShape, observer, this.#culprit);
    return observer;
  }

  /** @throws {PluginError} `SHARDMUX_PLUGIN_FAILED`, `SHARDMUX_PLUGIN_TIMEOUT`: by then all else is done. */
  stop(): Promise<void> {
    const late = () => this.#culprit.hangs('does not stop', STOP_LIMIT);
    this.#stopped ??= inTime(this.#stopPlugin(), STOP_LIMIT, late);
    return this.#stopped;
  }

  async #stopPlugin(): Promise<void> {
    try {
      await this.#telemetry.stop();
    } catch (cause) {
      throw this.#culprit.failed('cannot stop', cause);
    }
  }
}
