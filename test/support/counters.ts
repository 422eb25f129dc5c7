import { connectRaw, type RedisServer } from '@shardmux/testing';

/** The sum of all values on all servers, each of which is a number. */
export async function sumOfCounters(servers: readonly RedisServer[]): Promise<number> {
  let sum = 0;
  for (const server of servers) {
    const client = await connectRaw(server.endpoint, { strings: true });
    const keys = (await client.command('KEYS', '*')) as string[];
    const values = keys.length > 0 ? ((await client.command('MGET', ...keys)) as string[]) : [];
    sum += values.reduce((total, value) => total + Number(value), 0);
    await client.close();
  }
  return sum;
}
