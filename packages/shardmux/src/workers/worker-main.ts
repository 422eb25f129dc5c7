import type { LogConfig } from '../config/normalised.js';
import { openLog } from '../process/log.js';
import { installSignals } from '../process/signals.js';
import { type Send, type ToWorker, WORKER_LOG } from './messages.js';
import { Worker } from './worker.js';

/** What runs in a worker process: the primary forks it and tells it what to serve. */
const send: Send = (message) =>
  new Promise((resolve) => {
    if (process.connected) process.send?.(message, () => resolve());
    else resolve();
  });
const log = openLog(JSON.parse(process.env[WORKER_LOG] as string) as LogConfig);
const worker = new Worker(send, log.logger);

process.on('message', (message: ToWorker) => void worker.receive(message));
installSignals({ log, stop: () => worker.stop() });
void send({ type: 'awake' });
