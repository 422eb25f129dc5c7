// An app by `require`, with the same configuration as an object, and the plugin in code.
const assert = require('node:assert/strict');
const { createClient } = require('shardmux');

const [plugin, configuration, ...keys] = process.argv.slice(2);
const { plugins } = require(plugin);
const client = createClient(JSON.parse(configuration), { plugins });
client.mset(keys.flatMap((key) => [key, `value of ${key}`])).then(() => {
  client.mget(keys, (error, values) => {
    assert.ifError(error);
    assert.deepEqual(
      values,
      keys.map((key) => `value of ${key}`),
    );
    client.quit();
  });
});
