import type { Command } from 'commander';
import type { LatencyDocument, LatencyRow } from '../telemetry/documents.js';
import { type AskFlags, addAskFlags, askProxy } from './running-proxy.js';
import { printable, textTable } from './text-table.js';

/** `shardmux latency`: how long each server takes to answer a running proxy. */
export function addLatencyCommand(program: Command): void {
  const command = program
    .command('latency')
    .description('say how long each server takes to answer the proxy that runs, in ms');
  addAskFlags(command).action(async (flags: AskFlags) => {
    const { servers } = await askProxy<LatencyDocument>('/latency', flags);
    const asked = servers.filter(({ pool }) => flags.pool === undefined || pool === flags.pool);
    process.stdout.write(flags.json ? `${JSON.stringify(asked, null, 2)}\n` : table(asked));
  });
}

const HEAD = ['POOL', 'SERVER', 'COUNT', 'MEAN', 'P50', 'P90', 'P99', 'P99.9', 'MAX'];

function table(rows: readonly LatencyRow[]): string {
  const cells = rows.map(({ pool, server, count, mean, p50, p90, p99, p999, max }) => [
    ...[printable(pool), printable(server), String(count)],
    ...[mean, p50, p90, p99, p999, max].map((latency) => latency.toFixed(2)),
  ]);
  return textTable(HEAD, cells);
}
