/**
 *   npm run chaos -- [--seed INTEGER] [--minutes NUMBER] [SCENARIO …]
 *
 * The scenarios in this folder, or those whose names are given, one after the other, each for 10 minutes unless told. A
 * fresh clone will do.
 */
import { parseArgs } from 'node:util';
import { build, ensureDependencies, ensureServers, root } from '../../packages/testing/bootstrap.mjs';

const { values, positionals } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    minutes: { type: 'string', default: '10' },
  },
  allowPositionals: true,
});
const seed = Number(values.seed);
const minutes = Number(values.minutes);
if (!Number.isInteger(seed) || !(minutes > 0)) {
  console.error('usage: npm run chaos -- [--seed INTEGER] [--minutes NUMBER] [SCENARIO …]');
  process.exit(2);
}

ensureDependencies();
ensureServers(['redis-server', 'redis-tools', 'etcd-server']);
build();
console.log(`seed ${seed}, ${minutes} min for each scenario`);
const { startVitest } = await import('vitest/node');
const scenarios = positionals.length > 0 ? positionals : [''];
await startVitest(
  'test',
  scenarios.map((name) => `test/chaos/${name}`),
  {
    root,
    watch: false,
    fileParallelism: false,
    reporters: ['verbose'],
    provide: { chaos: { seed, minutes } },
  },
);
