import dns from 'node:dns';
import { connectRaw, freePort, RedisServer, startRedis } from '@shardmux/testing';
import { createClient, createProxy } from 'shardmux';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

const NAME = 'redis.example';

let servers: RedisServer[];
/** What the name stands for. */
let address: string;

const { lookup } = dns;
/** For this one name the system is not asked. */
vi.spyOn(dns, 'lookup').mockImplementation((name: string, ...rest: unknown[]) =>
  Reflect.apply(lookup, dns, [name === NAME ? address : name, ...rest]),
);

beforeEach(async () => {
  const first = await startRedis();
  const second = new RedisServer('127.0.0.2', first.port, {});
  servers = [first, second];
  await second.restart();
  address = first.host;
  for (const server of servers) {
    const direct = await connectRaw(server.endpoint);
    await direct.command('SET', 'host', server.host);
    await direct.close();
  }
});

afterEach(() => Promise.all(servers.map((server) => server.stop())));

/** The address of the server is another; its links stay where they are until they are lost. */
async function move(ask: () => Promise<unknown>): Promise<void> {
  const [first, second] = servers;
  expect(await ask()).toBe(first.host);
  address = second.host;
  expect(await ask()).toBe(first.host);
  await first.kill();
}

const pool = (transport: string) => ({ servers: [`${NAME}:${servers[0].port}:1`], transport });

test.each(['tcp', 'ioredis'])(
  'a proxy looks up the name of a server whose link is lost, by the transport %s',
  async (transport) => {
    const port = await freePort();
    const pools = { alpha: { ...pool(transport), listen: `127.0.0.1:${port}` } };
    const proxy = createProxy({ yaml: JSON.stringify({ stats: { listen: null }, pools }) });
    await proxy.start();
    const client = await connectRaw({ kind: 'tcp', host: '127.0.0.1', port }, { strings: true });
    const ask = () => client.command('GET', 'host');
    await move(ask);
    await expect.poll(ask).toBe(servers[1].host);
    await client.close();
    await proxy.stop();
  },
);

test.each(['tcp', 'ioredis'])(
  'a client looks up the name of a server whose link is lost, by the transport %s',
  async (transport) => {
    await using client = createClient({ pools: { alpha: pool(transport) } });
    const ask = () => client.get('host');
    await move(ask);
    expect(await ask()).toBe(servers[1].host);
  },
);
