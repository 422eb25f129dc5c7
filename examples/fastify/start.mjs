// Three Redis, and an app of Fastify that spreads its keys over them, until Ctrl-C.
import { join } from 'node:path';
import { runExample } from '../run-example.mjs';

const APP = 22180;
const SHARDS = [22181, 22182, 22183];
const url = `http://127.0.0.1:${APP}`;

await runExample([APP, ...SHARDS], async ({ redis, node }) => {
  for (const port of SHARDS) await redis(port);
  await node(join(import.meta.dirname, 'server.mjs'), APP);
  console.log(`
The app is on ${url}. Try in another shell:

  curl -X PUT ${url}/carts/ann/tea --json '{ "quantity": 2 }'
  curl ${url}/carts/ann
  curl -X POST ${url}/carts/ann/order
  curl -X POST ${url}/views/home
  curl '${url}/views?page=home&page=about'
  curl ${url}/health

Where the keys lie:

${SHARDS.map((port) => `  redis-cli -p ${port} keys '*'`).join('\n')}`);
});
