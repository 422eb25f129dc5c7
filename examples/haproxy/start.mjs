// Three Redis, two proxies in front of them, and HAProxy in front of these, until Ctrl-C.
import { join } from 'node:path';
import { runExample } from '../run-example.mjs';

const HAPROXY = 22200;
const PROXIES = [22201, 22202];
const SHARDS = [22203, 22204, 22205];
const HEALTH = [22206, 22207];
const STATS = 22209;
const file = (name) => join(import.meta.dirname, name);
const config = (index) => file(`proxy-${index + 1}.yml`);

await runExample(
  [HAPROXY, ...PROXIES, ...SHARDS, ...HEALTH, STATS],
  async ({ redis, expendableProxy, haproxy }) => {
    for (const port of SHARDS) await redis(port);
    const pids = [];
    for (const [index, port] of PROXIES.entries()) pids.push(await expendableProxy(config(index), port));
    await haproxy(file('haproxy.cfg'), HAPROXY);
    console.log(`
Clients connect to 127.0.0.1:${HAPROXY}. Try in another shell:

  redis-cli -p ${HAPROXY} mset a 1 b 2 c 3

Kill a proxy, or let it drain; its clients reconnect, to the other one:

${pids.map((pid) => `  kill -9 ${pid}        kill -TERM ${pid}`).join('\n')}

Start it again, and it is given its share of new connections:

${pids.map((_, index) => `  npx shardmux proxy -c ${config(index)}`).join('\n')}

What HAProxy makes of it:

  echo 'show servers conn' | nc 127.0.0.1 ${STATS}`);
  },
  ['haproxy'],
);
