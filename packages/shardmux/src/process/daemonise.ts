import { spawn } from 'node:child_process';

/** Marks the process that is to serve in the background. */
const MARK = 'SHARDMUX_DAEMON';

/** Whether this process was started by `daemonise`. */
export const isDaemon = process.env[MARK] !== undefined;
// Not for the processes that this one starts.
delete process.env[MARK];

/** What the background tells the foreground: that it serves, or why it cannot. */
type Report = { readonly failure: string | null };

/**
 * Starts this program again in the background, in a session of its own and with nothing on its standard streams,
 * and leaves when it is known whether that one serves.
 *
 *   foreground ──spawn──► background ──reportReady──────► serves on
 *        │                     └───────reportFailure ───► exits 1
 *        └─ waits for the report, then exits 0 or 1 ◄─┘
 *
 * Node cannot fork as a daemon in C does. Unlike there, who starts it learns whether it serves.
 *
 * @throws the system's error where no process can be started.
 */
export function daemonise(): Promise<never> {
  const child = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
    detached: true,
    env: { ...process.env, [MARK]: '1' },
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  return new Promise((_, reject) => {
    child.once('error', reject);
    child.once('message', ({ failure }: Report) => leave(failure));
    // Its exit may be known before its last words are read; that the channel is at its end is known after them.
    child.once('disconnect', () => leave('the background process ended before it served'));
  });
}

function leave(failure: string | null): never {
  if (failure !== null) process.stderr.write(`${failure}\n`);
  process.exit(failure === null ? 0 : 1);
}

/** Tells the foreground that this process serves; does nothing where there is none. */
export function reportReady(): void {
  report(null);
}

/** Tells the foreground why this process cannot serve; does nothing where there is none. */
export function reportFailure(failure: string): void {
  report(failure);
}

function report(failure: string | null): void {
  if (!isDaemon) return;
  process.send?.({ failure } satisfies Report, () => {
    // Who waited may have gone in the meantime.
    if (process.connected) process.disconnect();
  });
}
