import type { ProcessLog } from './log.js';

export interface SignalTargets {
  readonly log: ProcessLog;
  /** Finishes what is under way; resolves within a bounded time. */
  readonly stop: () => Promise<void>;
  /** Reads certificates, users and passwords anew. None in a process that is itself led by another, nor the next. */
  readonly reload?: () => void;
  /** Passes a signal on to other processes that are to heed it. */
  readonly forward?: (signal: NodeJS.Signals) => void;
}

/**
 * What signals do, as with Twemproxy unless it says otherwise.
 *
 *   SIGTERM   drains, then exits 0; the second exits 1 at once   (there: dies)
 *   SIGINT    exits 1 at once
 *   SIGHUP    reopens the log file, and reads certificates, users and passwords anew
 *   SIGTTIN   logs more
 *   SIGTTOU   logs less
 *   SIGUSR1, SIGUSR2   nothing; without a handler the first would open Node's debugger, the second would kill
 */
export function installSignals(targets: SignalTargets): void {
  const { log, reload, forward } = targets;
  const on = (signal: NodeJS.Signals, does: string, act: () => void): void => {
    process.on(signal, () => {
      log.logger.info(`${signal}: ${does}`);
      act();
      forward?.(signal);
    });
  };
  on('SIGHUP', 'reopening the log', () => {
    log.reopen();
    reload?.();
  });
  on('SIGTTIN', 'logging more', log.raise);
  on('SIGTTOU', 'logging less', log.lower);
  for (const signal of ['SIGUSR1', 'SIGUSR2'] as const) process.on(signal, () => {});
  process.on('SIGINT', () => {
    forward?.('SIGINT');
    process.exit(1);
  });
  let draining = false;
  process.on('SIGTERM', () => {
    if (!draining) drain(targets);
    // A supervisor signals all processes of a service, and then the one that leads tells the others once more.
    else if (forward !== undefined) process.exit(1);
    draining = true;
  });
}

function drain({ log, stop }: SignalTargets): void {
  log.logger.info('SIGTERM: finishing what is under way');
  stop().then(
    () => process.exit(0),
    (error: unknown) => {
      log.logger.error(`stopping failed: ${String(error)}`);
      process.exit(1);
    },
  );
}
