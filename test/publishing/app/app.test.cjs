// An app's test under Jest, which has no configuration.
const { createClient } = require('shardmux');

test('values come back', async () => {
  const client = createClient('shardmux.yml');
  await client.mset('a', '1', 'b', '2', 'c', '3');
  await expect(client.mget('a', 'b', 'c', 'd')).resolves.toStrictEqual(['1', '2', '3', null]);
  await expect(client.lpush('a', 'x')).rejects.toThrow(/^WRONGTYPE/);
  await client.quit();
});
