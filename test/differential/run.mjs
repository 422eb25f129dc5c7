/**
 *   npm run differential -- [--seed INTEGER] [--commands INTEGER]
 *
 * The random stream of random-stream.test.ts, 5 million commands unless told. A fresh clone will do.
 */
import { parseArgs } from 'node:util';
import { build, ensureDependencies, ensureServers, root } from '../../packages/testing/bootstrap.mjs';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 32)) },
    commands: { type: 'string', default: '5000000' },
  },
});
const seed = Number(values.seed);
const commands = Number(values.commands);
if (!Number.isInteger(seed) || !(commands > 0)) {
  console.error('usage: npm run differential -- [--seed INTEGER] [--commands INTEGER]');
  process.exit(2);
}

ensureDependencies();
ensureServers(['redis-server']);
build();
const { startVitest } = await import('vitest/node');
await startVitest('test', ['test/differential/random-stream.test.ts'], {
  root,
  watch: false,
  provide: { differential: { seed, commands } },
});
