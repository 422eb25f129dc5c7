import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { atExit } from './at-exit.js';
import { findBinary } from './find-binary.js';
import { FixtureError } from './fixture-error.js';

const LOG_LIMIT = 256 * 1024;
const POLL_INTERVAL = 5;
const PIPE_GRACE = 200;

export interface Program {
  /** A name to look up in PATH and the system's folders for servers. */
  readonly name: string;
  /** The Debian package that has it. */
  readonly debianPackage: string;
}

/** How a process ended: exactly one of the two is set. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** How long a process may take to stop, in ms. */
const STOP_TIME = 1_000;

/**
 * A server run as a child process, which never outlives the process that started it.
 *
 *   start ──► running ──freeze──► frozen
 *                │  ◄────thaw───────┘
 *                └── stop, signal, or by itself ──► exited
 */
export class ServerProcess {
  readonly pid: number;
  readonly exited: Promise<Exit>;
  readonly #name: string;
  readonly #child: ChildProcess;
  #log = '';

  private constructor(name: string, child: ChildProcess, pid: number) {
    this.#name = name;
    this.#child = child;
    this.pid = pid;
    for (const output of [child.stdout, child.stderr]) {
      output?.setEncoding('utf8').on('data', (text: string) => {
        this.#log = (this.#log + text).slice(-LOG_LIMIT);
      });
    }
    // A grandchild that lives on would keep the pipes open, and this process waiting for their end.
    child.once('exit', () => setTimeout(closePipes, PIPE_GRACE, child).unref());
    const forget = atExit(() => child.kill('SIGKILL'));
    this.exited = once(child, 'close').then(([code, signal]) => {
      forget();
      return { code, signal };
    });
  }

  /**
   * @param program a server to look up, or the path of a program.
   * @throws {FixtureError} `SHARDMUX_FIXTURE_MISSING` when it is not installed.
   */
  static async start(program: Program | string, args: readonly string[]): Promise<ServerProcess> {
    const name = typeof program === 'string' ? program : program.name;
    const path = typeof program === 'string' ? program : requireBinary(program);
    const [command, ...rest] = tied([path, ...args]);
    const child = spawn(command, rest, { stdio: ['ignore', 'pipe', 'pipe'] });
    await once(child, 'spawn');
    return new ServerProcess(name, child, child.pid!);
  }

  /** The last 256 KiB of what the server wrote to its standard output and error. */
  get log(): string {
    return this.#log;
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /**
   * Resolves as soon as the check answers true.
   * @param timeout in ms.
   * @throws {FixtureError} `SHARDMUX_FIXTURE_FAILED`, with the log, when the server exits first or takes too long.
   */
  async ready(check: () => Promise<boolean>, timeout = 10_000): Promise<void> {
    const deadline = Date.now() + timeout;
    while (!(await check())) {
      if (!this.running) await this.exited;
      if (!this.running || Date.now() > deadline) {
        const state = this.running ? `is not ready after ${timeout} ms` : 'exited before it was ready';
        throw new FixtureError('SHARDMUX_FIXTURE_FAILED', `${this.#name} ${state}:\n${this.#log}`);
      }
      await sleep(POLL_INTERVAL);
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** The process keeps its connections and answers nothing, from the time that this returns. */
  freeze(): void {
    this.signal('SIGSTOP');
    const until = performance.now() + STOP_TIME;
    while (!this.#isStopped && performance.now() < until);
  }

  /** The signal reaches one thread after the other. */
  get #isStopped(): boolean {
    const tasks = `/proc/${this.pid}/task`;
    try {
      return readdirSync(tasks).every((task) =>
        /\) [TZX] /.test(readFileSync(`${tasks}/${task}/stat`, 'latin1')),
      );
    } catch {
      // Elsewhere than on Linux nobody tells.
      return true;
    }
  }

  thaw(): void {
    this.signal('SIGCONT');
  }

  /** Kills it, frozen or not. Resolves when it is gone. May be called twice. */
  async stop(): Promise<void> {
    this.signal('SIGKILL');
    await this.exited;
  }
}

function closePipes({ stdout, stderr }: ChildProcess): void {
  stdout?.destroy();
  stderr?.destroy();
}

function requireBinary({ name, debianPackage }: Program): string {
  const path = findBinary(name);
  if (path !== null) return path;
  throw new FixtureError(
    'SHARDMUX_FIXTURE_MISSING',
    `${name} is not installed: Debian has it in the package "${debianPackage}" (apt-get install ${debianPackage})`,
  );
}

/**
 * The command that runs a program and has the kernel end it with this process. A killed process runs no exit
 * handler; only Linux offers this, through setpriv of util-linux.
 */
function tied(command: [string, ...string[]]): [string, ...string[]] {
  const setpriv = process.platform === 'linux' ? findBinary('setpriv') : null;
  return setpriv === null ? command : [setpriv, '--pdeathsig', 'KILL', ...command];
}
