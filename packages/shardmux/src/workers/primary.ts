import cluster, { type Worker as ClusterWorker } from 'node:cluster';
import { fileURLToPath } from 'node:url';
import type { Logger, PoolSnapshot } from '@shardmux/core';
import { ShardmuxError } from '@shardmux/plugin-api';
import { placeLimits } from '../assemble/place-limits.js';
import type { Config } from '../config/normalised.js';
import type { TelemetryReport, WorkerReport } from '../telemetry/report.js';
import { ClientCount } from './client-count.js';
import { type ToPrimary, type ToWorker, type Verdict, WORKER_LOG } from './messages.js';
import { PeerQuestions } from './peer-questions.js';
import { sumSnapshots, withoutGauges } from './summed-snapshots.js';

/** How long workers may take to tell their figures, in ms; those that do not count as they last were. */
const SNAPSHOT_TIMEOUT = 1_000;
/** A worker that lived shorter than this is replaced only after as long, in ms. */
const SHORT_LIFE = 1_000;

/** What the primary knows of one worker. */
interface Seat {
  readonly worker: ClusterWorker;
  /** From 1. Who takes a dead worker's place takes its number. */
  readonly number: number;
  readonly born: number;
  ready: boolean;
  last: readonly PoolSnapshot[];
  missing: readonly string[];
  telemetry: TelemetryReport | null;
  answeredRound: number;
}

/**
 * Starts the workers, replaces one that dies, and keeps what must be the same for all: how many clients a pool may
 * have, which nodes are ejected, and the sum of the figures.
 *
 *   fork ──► 'awake' ──► 'start' ──► 'ready' ──► serving ──(dies)──► its figures are kept, another is forked
 *                              └───► 'failed': start() rejects
 */
export class Primary {
  readonly #config: Config;
  readonly #logger: Logger;
  readonly #clients: ReadonlyMap<string, ClientCount>;
  readonly #seats = new Map<number, Seat>();
  /** The ejections in force, for workers that come later. */
  readonly #ejected = new Map<string, Verdict>();
  /** The counts of workers that are gone. */
  #departed: PoolSnapshot[] | null = null;
  readonly #questions = new PeerQuestions();
  #round = 0;
  #stopping = false;
  /** Set while `start` is waited for. */
  #starting: { resolve(): void; reject(error: Error): void } | null = null;
  readonly #onAnswer = new Set<() => void>();
  #onEmpty: (() => void) | null = null;

  constructor(config: Config, logger: Logger) {
    this.#config = config;
    this.#logger = logger;
    this.#clients = new Map(config.pools.map((pool) => [pool.name, new ClientCount(placeLimits(pool))]));
    cluster.setupPrimary({ exec: fileURLToPath(new URL('./worker-main.js', import.meta.url)), args: [] });
  }

  /** Resolves when every worker serves; rejects when one cannot. */
  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#starting = { resolve, reject };
      for (let i = 0; i < this.#config.workers; i++) this.#fork();
    });
  }

  /** Lets every worker drain and resolves when all are gone. */
  stop(): Promise<void> {
    this.#stopping = true;
    if (this.#seats.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onEmpty = resolve;
      this.signal('SIGTERM');
    });
  }

  /** Has every worker read certificates, users and passwords anew. */
  reload(): void {
    this.#broadcast({ type: 'reload' });
  }

  signal(signal: NodeJS.Signals): void {
    for (const { worker } of this.#seats.values()) worker.process.kill(signal);
  }

  /** The figures of all workers together, those that are gone included. */
  async snapshot(): Promise<PoolSnapshot[]> {
    await this.#survey(false);
    const figures = [...this.#seats.values()].map((seat) => seat.last).filter((last) => last.length > 0);
    return sumSnapshots(this.#departed === null ? figures : [...figures, this.#departed]);
  }

  /** What the workers there are have recorded. */
  async reports(): Promise<WorkerReport[]> {
    await this.#survey(true);
    return [...this.#seats.values()].flatMap(({ number, telemetry }) =>
      telemetry === null ? [] : [{ worker: number, report: telemetry }],
    );
  }

  /** What keeps clients from being served by any of the workers, in lines. */
  async missing(): Promise<string[]> {
    const round = await this.#survey(false);
    const seats = [...this.#seats.values()].filter(({ ready }) => ready);
    const absent = this.#config.workers - seats.length;
    return [
      ...(absent === 0 ? [] : [`${absent} of ${this.#config.workers} workers do not serve yet`]),
      ...seats.flatMap(({ number, answeredRound, missing }) =>
        answeredRound < round
          ? [`worker ${number} does not answer`]
          : missing.map((line) => `worker ${number}: ${line}`),
      ),
    ];
  }

  /** Resolves with its number when all workers have told their figures anew, or should have. */
  async #survey(withTelemetry: boolean): Promise<number> {
    const round = ++this.#round;
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#onAnswer.delete(check);
        resolve();
      };
      const check = () => {
        if ([...this.#seats.values()].every((seat) => seat.answeredRound >= round)) done();
      };
      const timer = setTimeout(done, SNAPSHOT_TIMEOUT);
      this.#onAnswer.add(check);
      this.#broadcast({ type: 'snapshot', round, withTelemetry });
      check();
    });
    return round;
  }

  #fork(): void {
    const worker = cluster.fork({ [WORKER_LOG]: JSON.stringify(this.#config.log) });
    const seat: Seat = {
      worker,
      number: this.#freeNumber(),
      born: performance.now(),
      ready: false,
      last: [],
      missing: [],
      telemetry: null,
      answeredRound: 0,
    };
    this.#seats.set(worker.id, seat);
    worker.on('message', (message: ToPrimary) => this.#receive(seat, message));
    worker.once('exit', (code, signal) => this.#exited(seat, signal ?? `code ${code}`));
  }

  #freeNumber(): number {
    const taken = new Set([...this.#seats.values()].map(({ number }) => number));
    let number = 1;
    while (taken.has(number)) number++;
    return number;
  }

  #receive(seat: Seat, message: ToPrimary): void {
    if (!this.#seats.has(seat.worker.id)) return;
    switch (message.type) {
      case 'awake':
        this.#tell(seat, { type: 'start', config: this.#config, birth: seat.worker.id });
        return;
      case 'ready':
        this.#becameReady(seat);
        for (const verdict of this.#ejected.values()) this.#tell(seat, verdict);
        return;
      case 'failed':
        this.#couldNotStart(seat, message.message);
        return;
      case 'admit': {
        const { pool, request, claims } = message;
        const full = (this.#clients.get(pool) as ClientCount).admit(seat.worker.id, claims);
        this.#tell(seat, { type: 'admitted', pool, request, full });
        return;
      }
      case 'release':
        this.#clients.get(message.pool)?.release(seat.worker.id, message.claims);
        return;
      case 'ask':
        this.#askOthers(seat, message);
        return;
      case 'answer':
        this.#questions.answered(message.round, message.answer);
        return;
      case 'snapshot':
        seat.last = message.pools;
        seat.missing = message.missing;
        seat.telemetry = message.telemetry ?? seat.telemetry;
        seat.answeredRound = Math.max(seat.answeredRound, message.round);
        this.#answered();
        return;
      case 'verdict':
        this.#remember(message);
        this.#broadcast(message, seat);
    }
  }

  #askOthers(from: Seat, { pool, request, question }: Extract<ToPrimary, { type: 'ask' }>): void {
    const others = [...this.#seats.values()].filter((seat) => seat !== from && seat.ready);
    const round = this.#questions.open(others.length, (answers) =>
      this.#tell(from, { type: 'answers', pool, request, answers }),
    );
    for (const seat of others) this.#tell(seat, { type: 'question', pool, round, question });
  }

  #becameReady(seat: Seat): void {
    seat.ready = true;
    const seats = [...this.#seats.values()];
    if (seats.length < this.#config.workers || seats.some((each) => !each.ready)) return;
    this.#starting?.resolve();
    this.#starting = null;
  }

  /** At the start that is the end; later it is one more death of a worker. */
  #couldNotStart(seat: Seat, message: string): void {
    if (this.#starting === null) {
      this.#logger.error(message);
      seat.worker.process.kill('SIGKILL');
      return;
    }
    this.#stopping = true;
    this.#starting.reject(new ShardmuxError('SHARDMUX_WORKER_FAILED', message));
    this.#starting = null;
  }

  #remember(verdict: Verdict): void {
    const key = JSON.stringify([verdict.pool, verdict.node]);
    if (verdict.probeAfter === null) this.#ejected.delete(key);
    else this.#ejected.set(key, verdict);
  }

  #exited(seat: Seat, cause: string): void {
    const { worker, born, last } = seat;
    this.#seats.delete(worker.id);
    for (const count of this.#clients.values()) count.forget(worker.id);
    if (last.length > 0) {
      const kept = withoutGauges(last);
      this.#departed = this.#departed === null ? kept : sumSnapshots([kept, this.#departed]);
    }
    this.#answered();
    if (this.#stopping) {
      if (this.#seats.size === 0) this.#onEmpty?.();
      return;
    }
    this.#logger.error(`worker ${worker.process.pid} died (${cause}): another takes its place`);
    const delay = performance.now() - born < SHORT_LIFE ? SHORT_LIFE : 0;
    setTimeout(() => {
      if (!this.#stopping) this.#fork();
    }, delay);
  }

  #answered(): void {
    for (const check of this.#onAnswer) check();
  }

  #broadcast(message: ToWorker, except?: Seat): void {
    for (const seat of this.#seats.values()) if (seat !== except) this.#tell(seat, message);
  }

  /** To a worker that is about to go nothing can be said any more, and nothing need be. */
  #tell(seat: Seat, message: ToWorker): void {
    if (seat.worker.isConnected()) seat.worker.send(message, () => {});
  }
}
