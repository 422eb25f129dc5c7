/**
 * One client in a process of its own.
 *
 *   connect, fill ──► 'connected' ──► task ──► mixed load ──► measurement ──► task …
 */
import { connectClient } from './client-kind.js';
import { fill, type LoadedClient, mixedLoad } from './mixed-load.js';
import type { WorkerMessage, WorkerSetup, WorkerTask } from './worker-messages.js';

const { kind, ports, checkout } = JSON.parse(process.argv[2]!) as WorkerSetup;
const client = await connectClient(kind, ports, checkout);
await fill(client);
process.on('message', async (task: WorkerTask) => say(await measure(client, task)));
process.once('disconnect', () => process.exit());
say('connected');

async function measure(client: LoadedClient, { concurrency, operations }: WorkerTask) {
  // Nobody pays for the garbage of an earlier run.
  globalThis.gc?.();
  const cpuBefore = process.cpuUsage();
  const begun = performance.now();
  await mixedLoad(client, concurrency, operations);
  const seconds = (performance.now() - begun) / 1e3;
  const { user, system } = process.cpuUsage(cpuBefore);
  return { speed: operations / seconds, cpu: (user + system) / operations };
}

function say(message: WorkerMessage): void {
  process.send?.(message);
}
