import { ServerProcess } from './server-process.js';
import { TemporaryFolder } from './temporary-folder.js';

/** How a server is started. */
export interface Launch {
  readonly program: Parameters<typeof ServerProcess.start>[0];
  readonly args: readonly string[];
  /** How long it may take until it answers, in ms. Left out: as `ServerProcess.ready` has it. */
  readonly limit?: number;
}

/**
 * A real server in a process and a folder of its own.
 *
 *   restart ──► running ──freeze──► frozen
 *      ▲           │  ◄────thaw───────┘
 *      └── down ◄──┴── kill
 *
 *   stop, from anywhere: the process and its folder are gone
 */
export abstract class ServerFixture {
  protected readonly folder = new TemporaryFolder();
  #process: ServerProcess | null = null;

  protected abstract launch(): Launch | Promise<Launch>;
  /** Whether it serves by now. */
  protected abstract answers(): Promise<boolean>;

  get pid(): number {
    return this.#running.pid;
  }

  get log(): string {
    return this.#running.log;
  }

  /** Starts it on its port, after killing what still runs. Resolves when it answers. */
  async restart(): Promise<void> {
    await this.#process?.stop();
    const { program, args, limit } = await this.launch();
    this.#process = await ServerProcess.start(program, args);
    await this.#process.ready(() => this.answers(), limit);
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
    this.folder.remove();
  }

  get #running(): ServerProcess {
    return this.#process!;
  }
}

/** Resolves with the server when it answers; one that does not leaves nothing behind. */
export async function started<Server extends ServerFixture>(server: Server): Promise<Server> {
  try {
    await server.restart();
    return server;
  } catch (error) {
    await server.stop();
    throw error;
  }
}
