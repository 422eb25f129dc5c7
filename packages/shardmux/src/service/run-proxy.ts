import type { Config } from '../config/normalised.js';
import { daemonise, isDaemon, reportReady } from '../process/daemonise.js';
import { openLog } from '../process/log.js';
import { writePidFile } from '../process/pid-file.js';
import { installSignals } from '../process/signals.js';
import { ProxyService } from './proxy-service.js';

export interface RunOptions {
  /** Serve in the background. */
  readonly daemonize?: boolean | undefined;
  readonly pidFile?: string | undefined;
}

/**
 * Serves a configuration until a signal ends the process. Resolves when it serves.
 * @throws what keeps it from serving; nothing is left running then
 */
export async function runProxy(config: Config, { daemonize, pidFile }: RunOptions): Promise<void> {
  if (daemonize && !isDaemon) await daemonise();
  const log = openLog(config.log);
  const service = new ProxyService(config, log.logger);
  installSignals({
    log,
    reload: () => service.reload(),
    stop: () => service.stop(),
    forward: (signal) => service.forward(signal),
  });
  if (pidFile !== undefined) writePidFile(pidFile);
  try {
    await service.start();
  } catch (error) {
    // In the background nobody reads standard error.
    if (config.log.file !== null) log.logger.error(error instanceof Error ? error.message : String(error));
    throw error;
  }
  reportReady();
}
