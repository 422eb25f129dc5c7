import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { topologySuite } from '@shardmux/conformance';
import { plugins } from 'shardmux-plugin-topology-my-thing';

const folder = mkdtempSync(join(tmpdir(), 'my-thing-'));
const path = join(folder, 'servers.json');
let servers = 0;

/** Each time there is one server more. */
async function change() {
  servers++;
  const nodes = Array.from({ length: servers }, (_, i) => ({
    name: `server${i}`,
    weight: 1,
    endpoint: { kind: 'tcp', host: '127.0.0.1', port: 6379 + i },
  }));
  writeFileSync(path, JSON.stringify(nodes));
}

await change();
after(() => rmSync(folder, { recursive: true }));

for (const plugin of plugins) {
  const create = () => plugin.create({ path, interval: 10 });
  const createWithoutServers = () => plugin.create({ path: join(folder, 'absent.json'), interval: 10 });
  describe(plugin.name, () => {
    for (const { promise, check } of topologySuite(create, { change, createWithoutServers }))
      test(promise, check);
  });
}
