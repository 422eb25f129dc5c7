import type { Logger } from '@shardmux/core';
import { placeLimits } from '../assemble/place-limits.js';
import { ProxyProcess } from '../assemble/proxy-process.js';
import type { Send, ToWorker } from './messages.js';
import { RemoteAdmission } from './remote-admission.js';

/** The round of a snapshot that nobody asked for. */
const FINAL = -1;

/**
 * One of several processes that serve the same endpoints.
 *
 *   started by the primary ──'start'──► serving ──SIGTERM──► drained ──► exits 0
 *
 * It counts and judges for itself, asks the primary about clients, and shares its verdicts through it.
 */
export class Worker {
  readonly #send: Send;
  readonly #logger: Logger;
  readonly #admissions = new Map<string, RemoteAdmission>();
  #proxy: ProxyProcess | null = null;

  constructor(send: Send, logger: Logger) {
    this.#send = send;
    this.#logger = logger;
  }

  async receive(message: ToWorker): Promise<void> {
    switch (message.type) {
      case 'start':
        return this.#start(message);
      case 'admitted':
        return this.#admissions.get(message.pool)?.decided(message.request, message.full);
      case 'reload':
        return this.#proxy?.reload();
      case 'snapshot':
        return this.#tell(message.round, message.withTelemetry);
      case 'verdict':
        return this.#proxy?.follow(message.pool, message.node, message.probeAfter);
    }
  }

  /** Drains, and tells its last figures. */
  async stop(): Promise<void> {
    if (this.#proxy === null) return;
    await this.#proxy.stop();
    await this.#tell(FINAL, false);
  }

  async #tell(round: number, withTelemetry: boolean): Promise<void> {
    const reports = withTelemetry && this.#proxy !== null ? await this.#proxy.reports() : [];
    const telemetry = reports.length === 0 ? null : reports[0].report;
    await this.#send({ type: 'snapshot', round, pools: this.#proxy?.snapshot() ?? [], telemetry });
  }

  async #start({ config }: Extract<ToWorker, { type: 'start' }>): Promise<void> {
    try {
      this.#proxy = new ProxyProcess({
        config,
        logger: this.#logger,
        admission: (pool) => {
          const admission = new RemoteAdmission(pool.name, placeLimits(pool), this.#send);
          this.#admissions.set(pool.name, admission);
          return admission;
        },
        verdicts: (pool) => (node, probeAfter) =>
          void this.#send({ type: 'verdict', pool, node, probeAfter }),
      });
      await this.#proxy.start();
      await this.#send({ type: 'ready' });
    } catch (error) {
      await this.#send({ type: 'failed', message: (error as Error).message });
    }
  }
}
