import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { BenchError } from '../bench-error.js';
import type { Measurement, Side } from '../contest.js';
import { processUsage } from '../process-usage.js';
import { warmUp } from '../warm-up.js';
import type { WorkerMessage, WorkerSetup, WorkerTask } from './worker-messages.js';

const WORKER = fileURLToPath(new URL('../../dist/client/worker-main.js', import.meta.url));
/** How long a measured run is meant to take, in seconds. */
const RUN_TIME = 1.5;

/** A client in a process of its own, so that its CPU and its memory are, native threads and all. */
export class ClientProcess implements Side {
  readonly #kind: string;
  readonly #child: ChildProcess;
  readonly #concurrency: number;
  #operations = 0;

  private constructor(setup: WorkerSetup, concurrency: number) {
    this.#kind = setup.kind;
    this.#concurrency = concurrency;
    this.#child = fork(WORKER, [JSON.stringify(setup)], { execArgv: ['--expose-gc'] });
  }

  /** @throws {BenchError} `SHARDMUX_BENCH_FAILED` where the client cannot connect; it has said why. */
  static async start(setup: WorkerSetup, concurrency: number): Promise<ClientProcess> {
    const started = new ClientProcess(setup, concurrency);
    await started.#answer();
    return started;
  }

  async warmUp(): Promise<void> {
    this.#operations = await warmUp(async (count) => (await this.load(count)).speed, RUN_TIME);
  }

  /** One run of so many calls. */
  async load(operations: number): Promise<Measurement> {
    const task: WorkerTask = { concurrency: this.#concurrency, operations };
    this.#child.send(task);
    return (await this.#answer()) as Measurement;
  }

  run(): Promise<Measurement> {
    return this.load(this.#operations);
  }

  peakMemory(): number {
    return processUsage(this.#child.pid!)?.peakMemory ?? Number.NaN;
  }

  async stop(): Promise<void> {
    const { exitCode, signalCode } = this.#child;
    if (exitCode !== null || signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
  }

  #answer(): Promise<WorkerMessage> {
    return new Promise((resolve, reject) => {
      const ended = (code: number | null) =>
        reject(
          new BenchError('SHARDMUX_BENCH_FAILED', `The process of ${this.#kind} ended with code ${code}`),
        );
      this.#child.once('exit', ended);
      this.#child.once('message', (message: WorkerMessage) => {
        this.#child.off('exit', ended);
        resolve(message);
      });
    });
  }
}
