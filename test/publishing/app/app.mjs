// An app by `import`, with a configuration file that names a plugin of somebody else.
import assert from 'node:assert/strict';
import { createClient } from 'shardmux';

const keys = process.argv.slice(2);
const client = createClient('shardmux.yml', { pool: 'alpha' });
await client.mset(Object.fromEntries(keys.map((key) => [key, `value of ${key}`])));
assert.deepEqual(
  await client.mget(keys),
  keys.map((key) => `value of ${key}`),
);
assert.equal(await client.quit(), 'OK');
