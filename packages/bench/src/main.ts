import { benchClient } from './client/bench.js';
import { type BenchName, type Options, parseOptions } from './options.js';
import { benchProxy } from './proxy/bench.js';
import { benchTelemetry } from './telemetry/bench.js';

const benches: Readonly<Record<BenchName, (options: Options) => Promise<void>>> = {
  proxy: benchProxy,
  client: benchClient,
  telemetry: benchTelemetry,
};

/** @throws {BenchError} */
export async function main(args: readonly string[]): Promise<void> {
  const options = parseOptions(args);
  // Exiting in the ordinary way stops the servers and removes the files.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  await benches[options.bench](options);
}
