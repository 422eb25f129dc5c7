import { once } from 'node:events';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdapter, createShardedAdapter } from '@socket.io/redis-adapter';
import { Server } from 'socket.io';
import { io, type Socket } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { AppServers } from '../../support/app-servers.js';

const PATIENCE = { timeout: 10_000 };

let servers: AppServers;

beforeAll(async () => {
  servers = await AppServers.start();
});

afterAll(() => servers?.stop());

/** One publishes, the other one is subscribed. Both adapters take both kinds of clients. */
const pairs = [
  { client: 'ioredis', make: async () => [servers.ioredis(), servers.ioredis()] },
  { client: 'node-redis', make: () => Promise.all([servers.nodeRedis(), servers.nodeRedis()]) },
  { client: 'in-process', make: async () => [servers.inProcess(), servers.inProcess()] },
];
const adapters = [
  { adapter: 'PUBLISH', create: createAdapter },
  { adapter: 'SPUBLISH', create: createShardedAdapter },
];
const cases = pairs.flatMap((pair) => adapters.map((adapter) => ({ ...pair, ...adapter })));

describe.each(cases)('$client, $adapter', ({ make, create }) => {
  let apps: Server[];
  let https: HttpServer[];
  let sockets: Socket[] = [];
  /** What each socket was told. */
  let heard: string[][];

  beforeEach(async () => {
    https = [createServer(), createServer()];
    apps = await Promise.all(
      https.map(async (http) => {
        const [publisher, subscriber] = await make();
        return new Server(http, { adapter: create(publisher, subscriber), transports: ['websocket'] });
      }),
    );
    for (const app of apps) {
      app.on('connection', (socket) => {
        socket.on('join', async (room: string, joined: () => void) => {
          await socket.join(room);
          joined();
        });
      });
    }
    await Promise.all(https.map((http) => once(http.listen(0, '127.0.0.1'), 'listening')));
    await expect.poll(() => serverCounts(apps), PATIENCE).toEqual([2, 2]);
    sockets = await Promise.all([0, 0, 1, 1].map((i) => connect(https[i])));
    heard = sockets.map((socket) => {
      const told: string[] = [];
      socket.on('news', (news: string) => told.push(news));
      return told;
    });
  });

  afterEach(async () => {
    for (const socket of sockets) socket.disconnect();
    await Promise.all(apps.map((app) => app.close()));
  });

  test('all are told by one server, and those of a room alone, whichever server they are at', async () => {
    await sockets[1].emitWithAck('join', 'room');
    await sockets[2].emitWithAck('join', 'room');
    await expect
      .poll(() => {
        // The adapter of SPUBLISH does not wait until it is subscribed to a room.
        apps[0].to('room').emit('news', 'room');
        return heard.map((told) => told.includes('room'));
      }, PATIENCE)
      .toEqual([false, true, true, false]);
    apps[0].emit('news', 'all');
    apps[0].except('room').emit('news', 'others');
    const [inRoom, outside] = [
      ['all', 'room'],
      ['all', 'others'],
    ];
    await expect
      .poll(() => heard.map((told) => [...new Set(told)].toSorted()), PATIENCE)
      .toEqual([outside, inRoom, inRoom, outside]);
  });

  test('what one server tells comes in its order', async () => {
    const numbers = Array.from({ length: 100 }, (_, i) => String(i));
    for (const number of numbers) apps[1].emit('news', number);
    await expect.poll(() => heard, PATIENCE).toEqual(sockets.map(() => numbers));
  });

  test('servers ask each other: who is there, what they say, who is to come and to go', async () => {
    expect((await apps[0].fetchSockets()).map(({ id }) => id).toSorted()).toEqual(
      sockets.map(({ id }) => id).toSorted(),
    );
    apps[1].on('question', (of: string, answer: (reply: string) => void) => answer(`${of}, you`));
    expect(await apps[0].serverSideEmitWithAck('question', 'I')).toEqual(['I, you']);
    for (const [i, socket] of sockets.entries()) {
      socket.on('ask', (answer: (reply: number) => void) => answer(i));
    }
    expect((await apps[0].timeout(5_000).emitWithAck('ask')).toSorted()).toEqual([0, 1, 2, 3]);

    apps[0].in(String(sockets[3].id)).socketsJoin('called');
    await expect.poll(async () => (await apps[0].in('called').fetchSockets()).length, PATIENCE).toBe(1);
    const gone = new Promise((resolve) => sockets[3].once('disconnect', resolve));
    apps[0].in('called').disconnectSockets();
    expect(await gone).toBe('io server disconnect');
  });
});

/** How many servers each one knows of. */
function serverCounts(apps: readonly Server[]): Promise<number[]> {
  return Promise.all(apps.map((app) => app.of('/').adapter.serverCount()));
}

async function connect(http: HttpServer): Promise<Socket> {
  const { port } = http.address() as AddressInfo;
  const socket = io(`http://127.0.0.1:${port}`, { transports: ['websocket'], forceNew: true });
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  return socket;
}
