// Three Redis, for the programs beside this file, until Ctrl-C.
import { join } from 'node:path';
import { runExample } from '../run-example.mjs';

const SHARDS = [22171, 22172, 22173];
const programs = ['quick-start.mjs', 'quick-start.cjs'].map((name) => join(import.meta.dirname, name));

await runExample(SHARDS, async ({ redis }) => {
  for (const port of SHARDS) await redis(port);
  console.log(`
Three Redis are on the ports ${SHARDS.join(', ')}. Try in another shell, and end each with Ctrl-C:

${programs.map((program) => `  node ${program}`).join('\n')}
${SHARDS.map((port) => `  redis-cli -p ${port} keys '*'`).join('\n')}`);
});
