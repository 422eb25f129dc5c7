import { topologySuite } from '@shardmux/conformance';
import { freePort } from '@shardmux/testing';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { plugins } from '../src/index.js';
import { Shard } from './support/shard.js';

let shard: Shard;
let nobody: string;

beforeAll(async () => {
  shard = await Shard.start();
  nobody = `127.0.0.1:${await freePort()}`;
}, 60_000);
afterAll(() => shard?.stop());

describe.each(plugins)('$name', ({ create, optionsSchema }) => {
  const given = (sentinels: readonly string[]) => {
    const result = optionsSchema!['~standard'].validate({ sentinels, masters: ['shard'] });
    if (result instanceof Promise || result.issues) throw new Error('the options are refused');
    return create(result.value);
  };
  const suite = topologySuite(() => given(shard.sentinels.members.map(({ port }) => `127.0.0.1:${port}`)), {
    change: () => shard.sentinels.failover('shard'),
    createWithoutServers: () => given([nobody]),
    limit: 30_000,
  });
  for (const { promise, check } of suite) test(promise, { timeout: 31_000 }, check);
});
