import type {
  Endpoint,
  TopologyDoubt,
  TopologyListener,
  TopologySnapshot,
  TopologySource,
} from '@shardmux/plugin-api';
import type { Culprit } from './culprit.js';
import { inTime } from './in-time.js';
import { snapshotFault } from './snapshot-fault.js';

/** How long a source may take to deliver its first snapshot, in ms. */
const START_LIMIT = 10_000;
/** How long it may take to stop, in ms: a proxy that is told to end must not wait for it. */
const STOP_LIMIT = 2_000;

/**
 * Holds a plugin's source to its contract: it starts in time, delivers what can be used, and stops in time.
 *
 *   idle ──start──► starting ──the first snapshot──► open ──stop──► closed
 *                      └─── an error, a bad snapshot, START_LIMIT ───► closed, and start rejects
 *
 * What it delivers when closed goes nowhere. A fault in the open state is told to the listener: what was delivered
 * before stays in force.
 */
export class GuardedTopology implements TopologySource {
  readonly promotes: boolean;
  readonly refresh?: (doubt: TopologyDoubt) => void;
  readonly endpointOf?: (host: string, port: number) => Endpoint;
  readonly #source: TopologySource;
  readonly #culprit: Culprit;
  readonly #startLimit: number;
  #state: 'idle' | 'starting' | 'open' | 'closed' = 'idle';
  #hasSnapshot = false;
  #report: (error: Error) => void = () => {};
  #stopped: Promise<void> | null = null;

  constructor(source: TopologySource, culprit: Culprit, startLimit = START_LIMIT) {
    this.promotes = source.promotes ?? false;
    this.#source = source;
    this.#culprit = culprit;
    this.#startLimit = startLimit;
    // What the engine does depends on whether they are there.
    if (source.refresh !== undefined) this.refresh = (doubt) => source.refresh?.(doubt);
    if (source.endpointOf !== undefined) this.endpointOf = source.endpointOf.bind(source);
  }

  /** @throws {PluginError} `SHARDMUX_PLUGIN_FAILED`, `SHARDMUX_PLUGIN_BROKEN`, `SHARDMUX_PLUGIN_TIMEOUT`. */
  async start(listener: TopologyListener): Promise<void> {
    this.#state = 'starting';
    const fault = new Promise<never>((_, reject) => {
      this.#report = reject;
    });
    const late = () => this.#culprit.hangs('does not start', this.#startLimit);
    try {
      await inTime(Promise.race([this.#startSource(listener), fault]), this.#startLimit, late);
    } catch (error) {
      this.#state = 'closed';
      throw error;
    }
    this.#report = (error) => listener.failed(error);
    this.#state = 'open';
  }

  /** Never rejects: there is nothing that its caller could do. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #startSource(listener: TopologyListener): Promise<void> {
    try {
      await this.#source.start({
        changed: (snapshot) => this.#changed(listener, snapshot),
        failed: (error) => {
          if (this.#state !== 'closed') listener.failed(error);
        },
      });
    } catch (cause) {
      throw this.#culprit.failed('cannot start', cause);
    }
    if (!this.#hasSnapshot) throw this.#culprit.broke('must deliver a snapshot before it has started');
  }

  #changed(listener: TopologyListener, snapshot: TopologySnapshot): void {
    if (this.#state === 'closed') return;
    this.#hasSnapshot = true;
    try {
      const fault = snapshotFault(snapshot);
      if (fault !== null) throw this.#culprit.broke(fault);
      listener.changed(snapshot);
    } catch (error) {
      this.#report(error as Error);
    }
  }

  async #stop(): Promise<void> {
    const wasIdle = this.#state === 'idle';
    if (this.#state === 'starting') this.#report(this.#culprit.broke('was stopped before it had started'));
    this.#state = 'closed';
    if (wasIdle) return;
    const late = () => this.#culprit.hangs('does not stop', STOP_LIMIT);
    try {
      await inTime(this.#stopSource(), STOP_LIMIT, late);
    } catch (error) {
      this.#report(error as Error);
    }
  }

  async #stopSource(): Promise<void> {
    try {
      await this.#source.stop();
    } catch (cause) {
      throw this.#culprit.failed('cannot stop', cause);
    }
  }
}
