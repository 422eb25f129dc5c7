import type { Command } from 'commander';
import { resolvePool } from '../assemble/resolve-pool.js';
import { loadConfig } from '../config/load.js';
import { type Explanation, explainKeys } from './explain-keys.js';
import { findPool } from './find-pool.js';
import { printable, textTable } from './text-table.js';

interface ExplainFlags {
  readonly confFile: string;
  readonly pool: string;
  readonly json?: true;
}

/** `shardmux explain`: where keys go, and why. No server is asked. */
export function addExplainCommand(program: Command): void {
  program
    .command('explain')
    .description('say which server keys go to: key, tag, hash, partition, node')
    .argument('<key...>', 'the keys')
    .requiredOption('-c, --conf-file <file>', 'configuration file of either dialect')
    .requiredOption('--pool <name>', 'the pool')
    .option('--json', 'print JSON instead of a table')
    .action(async (keys: readonly string[], flags: ExplainFlags) => {
      const pool = findPool(loadConfig(flags.confFile, { purpose: 'question' }).pools, flags.pool);
      const explanations = await explainKeys(resolvePool(pool), keys);
      process.stdout.write(flags.json ? `${JSON.stringify(explanations, null, 2)}\n` : table(explanations));
    });
}

const HEAD = ['KEY', 'TAG', 'HASH', 'PARTITION', 'NODE'];

function table(explanations: readonly Explanation[]): string {
  const rows = explanations.map(({ key, tag, hash, partition, node }) => [
    ...[printable(key), tag === null ? '-' : printable(tag), String(hash ?? '-'), String(partition ?? '-')],
    node === null ? '(any)' : printable(node),
  ]);
  return textTable(HEAD, rows);
}
