// Two Redis, and the proxy in front of them with a hash function of one's own, until Ctrl-C.
import { join } from 'node:path';
import { runExample } from '../run-example.mjs';

const PROXY = 22151;
const SHARDS = [22152, 22153];
const config = join(import.meta.dirname, 'shardmux.yml');

await runExample([PROXY, ...SHARDS], async ({ redis, proxy }) => {
  for (const port of SHARDS) await redis(port);
  await proxy(config, PROXY);
  console.log(`
The proxy is on 127.0.0.1:${PROXY}. Try in another shell:

  redis-cli -p ${PROXY} mset a 1 b 2 c 3
${SHARDS.map((port) => `  redis-cli -p ${port} keys '*'`).join('\n')}
  npx shardmux explain -c ${config} --pool alpha a b c`);
});
