import type { TcpEndpoint } from '@shardmux/config-file';
import { formatEndpoint } from '@shardmux/plugin-api';
import type { Command } from 'commander';
import { loadConfig } from '../config/load.js';
import { CommandError } from './command-error.js';
import { findPool } from './find-pool.js';

/** How long a proxy may take to answer, in ms. */
const TIMEOUT = 5_000;

/** What every command takes that asks a running proxy. */
export interface AskFlags {
  readonly confFile: string;
  readonly pool?: string;
  readonly json?: true;
}

/** Declares the flags of such a command. */
export function addAskFlags(command: Command): Command {
  return command
    .requiredOption('-c, --conf-file <file>', 'the configuration file of the proxy that runs')
    .option('--pool <name>', 'that pool alone')
    .option('--json', 'print JSON instead of a table');
}

/**
 * Asks the proxy that serves a configuration, on this machine or where its file says that it listens.
 * @throws {CommandError} where the file lets nobody ask, or nobody answers.
 */
export async function askProxy<Document>(page: string, { confFile, pool }: AskFlags): Promise<Document> {
  const { telemetry, pools } = loadConfig(confFile, { purpose: 'question' });
  if (pool !== undefined) findPool(pools, pool);
  if (telemetry.listen === null) {
    throw new CommandError(`${confFile}: telemetry.listen: found null: must be the address to ask at`);
  }
  const where = formatEndpoint(reachable(telemetry.listen));
  try {
    const response = await fetch(`http://${where}${page}`, { signal: AbortSignal.timeout(TIMEOUT) });
    if (!response.ok) throw new CommandError(`${where} answers ${response.status} ${response.statusText}`);
    return (await response.json()) as Document;
  } catch (error) {
    if (error instanceof CommandError) throw error;
    const { cause, message } = error as Error;
    throw new CommandError(
      `no proxy answers at ${where}: ${cause instanceof Error ? cause.message : message}`,
    );
  }
}

/** Who listens on all addresses is asked at one. */
function reachable(endpoint: TcpEndpoint): TcpEndpoint {
  const host = { '0.0.0.0': '127.0.0.1', '::': '::1' }[endpoint.host] ?? endpoint.host;
  return { ...endpoint, host };
}
