import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, test } from 'node:test';
import { topologySuite } from '@shardmux/conformance';
import { plugins } from './index.js';

let servers = [{ name: 'one', host: '127.0.0.1', port: 6379 }];
const service = createServer((_, response) => response.end(JSON.stringify(servers))).listen(0, '127.0.0.1');
await once(service, 'listening');
const url = `http://127.0.0.1:${service.address().port}/servers`;

after(() => service.close());

const options = {
  change: async () => {
    servers = [...servers, { name: `server${servers.length}`, host: '127.0.0.1', port: 6379 }];
  },
  createWithoutServers: () => plugins[0].create({ url: 'http://127.0.0.1:1/', interval: 10 }),
};

for (const { promise, check } of topologySuite(() => plugins[0].create({ url, interval: 10 }), options)) {
  test(promise, check);
}
