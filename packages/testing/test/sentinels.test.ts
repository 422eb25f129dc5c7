import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectRaw } from '../src/raw-client.js';
import { type RedisServer, startRedis } from '../src/redis-server.js';
import { type Sentinels, startSentinels } from '../src/sentinels.js';

let primary: RedisServer;
let replica: RedisServer;
let sentinels: Sentinels;

beforeAll(async () => {
  const args = ['--repl-diskless-sync-delay', '0'];
  primary = await startRedis({ args });
  replica = await startRedis({ args: [...args, '--replicaof', primary.host, String(primary.port)] });
  sentinels = await startSentinels({ masters: { shard: primary } });
}, 60_000);
afterAll(() => Promise.all([sentinels, replica, primary].map((each) => each?.stop())));

async function roleOf({ endpoint }: RedisServer): Promise<unknown> {
  const client = await connectRaw(endpoint, { strings: true });
  const [role] = (await client.command('ROLE')) as string[];
  await client.close();
  return role;
}

describe('startSentinels', () => {
  it('begins when all know each other and the replica', async () => {
    expect(sentinels.members).toHaveLength(3);
    for (const sentinel of sentinels.members) {
      expect(await sentinel.ask('SENTINEL', 'CKQUORUM', 'shard')).toContain('OK 3 usable Sentinels');
      expect(await sentinel.ask('SENTINEL', 'REPLICAS', 'shard')).toHaveLength(1);
    }
    expect(await sentinels.primaryOf('shard')).toBe(primary.port);
  });

  it('fails over when told, and back', async () => {
    await sentinels.failover('shard');
    expect(await sentinels.primaryOf('shard')).toBe(replica.port);
    expect(await roleOf(replica)).toBe('master');
    await sentinels.settled();
    expect(await roleOf(primary)).toBe('slave');
    await sentinels.failover('shard');
    expect(await sentinels.primaryOf('shard')).toBe(primary.port);
    await sentinels.settled();
  }, 60_000);

  it('replaces a primary that is killed, though one of them is frozen; that one learns of it later', async () => {
    const [, , frozen] = sentinels.members;
    frozen.freeze();
    await primary.kill();
    await expect.poll(() => sentinels.primaryOf('shard'), { timeout: 20_000 }).toBe(replica.port);
    frozen.thaw();
    await primary.restart();
    await sentinels.settled();
    expect(await roleOf(primary)).toBe('slave');
  }, 60_000);

  it('restarts one with what it knew', async () => {
    const [first] = sentinels.members;
    await first.kill();
    await expect(first.ask('PING')).rejects.toThrow('ECONNREFUSED');
    await first.restart();
    expect(await sentinels.primaryOf('shard')).toBe(replica.port);
    await sentinels.settled();
  }, 60_000);
});
