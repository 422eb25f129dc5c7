// Three Redis, a service that says which of them are in use, and the proxy that asks it, until Ctrl-C.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { runExample } from '../run-example.mjs';

const SERVICE = 22160;
const PROXY = 22161;
const SHARDS = [22162, 22163, 22164];

const server = (port, index) => ({ name: `shard${index + 1}`, host: '127.0.0.1', port });

await runExample([SERVICE, PROXY, ...SHARDS], async ({ redis, proxy }) => {
  for (const port of SHARDS) await redis(port);
  const service = await startService(JSON.stringify(SHARDS.slice(0, 2).map(server)));
  await proxy(join(import.meta.dirname, 'shardmux.yml'), PROXY);
  console.log(`
The proxy is on 127.0.0.1:${PROXY} and uses the servers that http://127.0.0.1:${SERVICE}/servers names: two of three.
Bring in the third in another shell, and new keys go there too:

  curl -X PUT -d '${JSON.stringify(SHARDS.map(server))}' http://127.0.0.1:${SERVICE}/servers
  redis-cli -p ${PROXY} mset a 1 b 2 c 3 d 4 e 5 f 6
${SHARDS.map((port) => `  redis-cli -p ${port} keys '*'`).join('\n')}`);
  return () => service.close();
});

/** Keeps one document, as etcd or Consul would. */
async function startService(document) {
  let current = document;
  const service = createServer(async (request, response) => {
    if (request.method === 'PUT') current = await text(request);
    response.end(current);
  });
  service.listen(SERVICE, '127.0.0.1');
  await once(service, 'listening');
  return service;
}
