// Three Redis, and the proxy of this folder in front of them, until Ctrl-C.
import { join } from 'node:path';
import { runExample } from '../run-example.mjs';

const PROXY = 22191;
const SHARDS = [22192, 22193, 22194];

await runExample([PROXY, ...SHARDS], async ({ redis, node }) => {
  for (const port of SHARDS) await redis(port);
  await node(join(import.meta.dirname, 'proxy.mjs'), PROXY);
  console.log(`
The proxy is on 127.0.0.1:${PROXY}. Try in another shell:

  redis-cli -p ${PROXY} sadd acme:staff ann bob
  redis-cli -p ${PROXY} sadd acme:guests cid
  redis-cli -p ${PROXY} sunion acme:staff acme:guests
  redis-cli -p ${PROXY} mset acme:plan gold zeta:plan silver other:plan free
${SHARDS.map((port) => `  redis-cli -p ${port} keys '*'`).join('\n')}`);
});
