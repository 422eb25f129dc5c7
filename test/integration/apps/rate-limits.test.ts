import { RateLimiterRedis, type RateLimiterRes } from 'rate-limiter-flexible';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AppServers } from '../../support/app-servers.js';
import { runProgram } from '../../support/program.js';

let servers: AppServers;

beforeAll(async () => {
  servers = await AppServers.start();
});

afterAll(() => servers?.stop());

/** How the library is given each client, and how a program of its own makes one. */
const clients = [
  {
    name: 'ioredis',
    useRedisPackage: false,
    make: () => servers.ioredis(),
    program: `import { Redis } from 'ioredis'; const client = new Redis(proxy); const close = () => client.quit();`,
  },
  {
    name: 'node-redis',
    useRedisPackage: true,
    make: () => servers.nodeRedis(),
    program: `import { createClient } from 'redis'; const client = createClient({ socket: proxy });
      await client.connect(); const close = () => client.close();`,
  },
  {
    name: 'in-process',
    useRedisPackage: false,
    make: () => servers.inProcess(),
    program: `import { createClient } from 'shardmux'; const client = createClient(config); const close = () => client.quit();`,
  },
];

describe.each(clients)('$name', ({ name, useRedisPackage, make, program }) => {
  const limiterOf = async (options: object) =>
    new RateLimiterRedis({
      storeClient: await make(),
      useRedisPackage,
      keyPrefix: name,
      points: 3,
      duration: 60,
      ...options,
    });

  test('bursts of two processes share the points of each key, to the last one', async () => {
    const source = `
      import { RateLimiterRedis } from 'rate-limiter-flexible';
      const { proxy, config, options } = JSON.parse(process.argv[1]);
      ${program}
      const limiter = new RateLimiterRedis({ storeClient: client, ...options });
      const granted = Array.from({ length: 20 }, () => 0);
      const burst = granted.flatMap((_, user) =>
        Array.from({ length: 15 }, () => limiter.consume('user' + user).then(() => granted[user]++, (refusal) => {
          if (refusal instanceof Error) throw refusal;
        })),
      );
      await Promise.all(burst);
      await close();
      console.log(JSON.stringify(granted));
    `;
    const options = { useRedisPackage, keyPrefix: `${name} burst`, points: 20, duration: 60 };
    const input = { proxy: servers.proxy, config: servers.config, options };
    const results = await Promise.all([runProgram(source, input), runProgram(source, input)]);
    expect(results.map(({ stderr }) => stderr)).toEqual(['', '']);
    const [one, two]: number[][] = results.map(({ stdout }) => JSON.parse(stdout));
    expect(one.map((granted, user) => granted + two[user])).toEqual(Array.from({ length: 20 }, () => 20));
    expect(Math.min(...(await servers.ask((direct) => direct.dbsize())))).toBeGreaterThan(0);
  });

  test('who takes too much is blocked for the time that was said', async () => {
    const limiter = await limiterOf({ blockDuration: 300 });
    for (const remainingPoints of [2, 1, 0]) {
      expect(await limiter.consume('greedy')).toMatchObject({ remainingPoints });
    }
    const refusal: RateLimiterRes = await limiter.consume('greedy').catch((refused) => refused);
    expect(refusal).toMatchObject({ remainingPoints: 0, consumedPoints: 4 });
    expect(refusal.msBeforeNext).toBeGreaterThan(290_000);
    const elsewhere = await limiterOf({ blockDuration: 300 });
    await expect(elsewhere.consume('greedy')).rejects.toMatchObject({ remainingPoints: 0 });
    expect(await elsewhere.consume('modest')).toMatchObject({ remainingPoints: 2 });
  });

  test('points are given, taken, read, set and forgotten', async () => {
    const limiter = await limiterOf({});
    expect(await limiter.get('user')).toBe(null);
    await limiter.penalty('user', 2);
    await limiter.reward('user', 1);
    expect(await limiter.get('user')).toMatchObject({ consumedPoints: 1, remainingPoints: 2 });
    await limiter.set('user', 3, 60);
    await expect(limiter.consume('user')).rejects.toMatchObject({ remainingPoints: 0 });
    await limiter.block('other', 100);
    expect((await limiter.get('other'))?.msBeforeNext).toBeGreaterThan(99_000);
    expect([await limiter.delete('user'), await limiter.delete('user')]).toEqual([true, false]);
    expect(await limiter.consume('user')).toMatchObject({ remainingPoints: 2 });
  });

  test('the window ends, and points are there again', async () => {
    const limiter = await limiterOf({ points: 1, duration: 1 });
    const both = await Promise.allSettled([limiter.consume('returning'), limiter.consume('returning')]);
    expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    await expect.poll(() => limiter.get('returning'), { timeout: 10_000 }).toBe(null);
    expect(await limiter.consume('returning')).toMatchObject({ consumedPoints: 1 });
  });
});
