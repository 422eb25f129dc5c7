import type { Logger } from '@shardmux/core';
import { placeLimits } from '../assemble/place-limits.js';
import { ProxyProcess } from '../assemble/proxy-process.js';
import type { Send, ToWorker } from './messages.js';
import { RemoteAdmission } from './remote-admission.js';
import { RemotePeers } from './remote-peers.js';

/** No id of a client is had twice, not even by that of a worker that is gone. */
const IDS_PER_WORKER = 2 ** 32;

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
  readonly #peers = new Map<string, RemotePeers>();
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
      case 'question':
        return this.#answer(message);
      case 'answers':
        return this.#peers.get(message.pool)?.answered(message.request, message.answers);
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
    const pools = this.#proxy?.snapshot() ?? [];
    await this.#send({ type: 'snapshot', round, pools, missing: this.#proxy?.missing() ?? [], telemetry });
  }

  async #answer({ pool, round, question }: Extract<ToWorker, { type: 'question' }>): Promise<void> {
    const answer = await this.#proxy?.answerPeer(pool, question);
    await this.#send({ type: 'answer', round, answer });
  }

  async #start({ config, birth }: Extract<ToWorker, { type: 'start' }>): Promise<void> {
    try {
      this.#proxy = new ProxyProcess({
        config,
        logger: this.#logger,
        admission: (pool) => {
          const admission = new RemoteAdmission(pool.name, placeLimits(pool), this.#send);
          this.#admissions.set(pool.name, admission);
          return admission;
        },
        peers: ({ name }) => {
          const peers = new RemotePeers(name, this.#send);
          this.#peers.set(name, peers);
          return peers;
        },
        firstId: birth * IDS_PER_WORKER,
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
