import type { Endpoint } from '@shardmux/plugin-api';
import { freePort } from './free-port.js';
import { connectRaw } from './raw-client.js';
import type { Reply } from './reply.js';
import { ServerProcess } from './server-process.js';
import { TemporaryFolder } from './temporary-folder.js';

const HOST = '127.0.0.1';
const PROGRAM = { name: 'redis-server', debianPackage: 'redis-server' };

/** How often a Sentinel does what it does, in ms: by itself it takes up to 15 seconds. */
const HASTE = [
  ...['PING-PERIOD', '100', 'ASK-PERIOD', '100', 'INFO-PERIOD', '100', 'MIN-LINK-RECONNECT-PERIOD', '100'],
  // Four times as long after a failover, whom it does not know as a primary is made a replica: all must know by then.
  ...['PUBLISH-PERIOD', '500'],
];

/**
 * One Redis Sentinel.
 *
 *   restart ──► running ──freeze──► frozen
 *      ▲           │  ◄────thaw───────┘
 *      └── down ◄──┴── kill
 *
 *   stop, from anywhere: the process and its folder are gone
 */
export class Sentinel {
  readonly host = HOST;
  readonly port: number;
  readonly endpoint: Extract<Endpoint, { readonly kind: 'tcp' }>;
  readonly #folder = new TemporaryFolder();
  /** The Sentinel itself writes there what it learns. */
  readonly #file: string;
  #process: ServerProcess | null = null;

  private constructor(port: number, lines: readonly string[]) {
    this.port = port;
    this.endpoint = { kind: 'tcp', host: HOST, port };
    this.#file = this.#folder.write(
      'sentinel.conf',
      [`port ${port}`, `bind ${HOST}`, `dir ${this.#folder.path}`, ...lines, ''].join('\n'),
    );
  }

  /**
   * Resolves when it answers.
   * @param lines of its configuration, besides where it listens.
   * @throws {FixtureError} `SHARDMUX_FIXTURE_MISSING` or `SHARDMUX_FIXTURE_FAILED`.
   */
  static async start(lines: readonly string[]): Promise<Sentinel> {
    const sentinel = new Sentinel(await freePort(HOST), lines);
    try {
      await sentinel.restart();
    } catch (error) {
      await sentinel.stop();
      throw error;
    }
    return sentinel;
  }

  get pid(): number {
    return this.#running.pid;
  }

  get log(): string {
    return this.#running.log;
  }

  /** Starts it on its port, with what it knew, after killing what still runs. Resolves when it answers. */
  async restart(): Promise<void> {
    await this.#process?.stop();
    this.#process = await ServerProcess.start(PROGRAM, [this.#file, '--sentinel']);
    await this.#process.ready(async () => (await this.ask('PING').catch(String)) === 'PONG');
    await this.ask('SENTINEL', 'DEBUG', ...HASTE);
  }

  /** @throws the system's error where it does not run. */
  async ask(...command: string[]): Promise<Reply> {
    const client = await connectRaw(this.endpoint, { strings: true });
    try {
      return await client.command(...command);
    } finally {
      await client.close();
    }
  }

  /** Resolves when the process is gone. A frozen one obeys SIGKILL alone. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    this.#running.signal(signal);
    await this.#running.exited;
  }

  /** It keeps its connections and answers nothing; the kernel still accepts new ones. */
  freeze(): void {
    this.#running.freeze();
  }

  thaw(): void {
    this.#running.thaw();
  }

  /** May be called twice. */
  async stop(): Promise<void> {
    await this.#process?.stop();
    this.#folder.remove();
  }

  get #running(): ServerProcess {
    return this.#process!;
  }
}
