import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { RedisStore } from 'connect-redis';
import { RedisStore as IoredisStore } from 'connect-redis-8';
import express from 'express';
import session, { type SessionData, type Store } from 'express-session';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AppServers } from '../../support/app-servers.js';

declare module 'express-session' {
  interface SessionData {
    user: string;
  }
}

const SESSIONS = 150;

let servers: AppServers;

beforeAll(async () => {
  servers = await AppServers.start();
});

afterAll(() => servers?.stop());

/** Since its version 9 the store takes node-redis alone; 8 is the last one for ioredis and what is like it. */
const stores: { name: string; make: (prefix: string) => Store | Promise<Store> }[] = [
  {
    name: 'node-redis',
    make: async (prefix) => new RedisStore({ client: await servers.nodeRedis(), prefix, ttl: 100 }),
  },
  {
    name: 'ioredis',
    make: (prefix) => new IoredisStore({ client: servers.ioredis(), prefix, ttl: 100 }),
  },
  {
    name: 'in-process',
    make: (prefix) => new IoredisStore({ client: servers.inProcess(), prefix, ttl: 100 }),
  },
];

/** What a store's method, which calls back, comes to. */
function done<Result = unknown>(call: (callback: (error: unknown, result?: Result) => void) => void) {
  return new Promise<Result | undefined>((resolve, reject) =>
    call((error, result) => (error ? reject(error) : resolve(result))),
  );
}

/** Logs in, says who is logged in, and logs out. */
async function listen(store: Store): Promise<{ url: string; close(): void }> {
  const app = express();
  app.use(session({ store, secret: 'secret', resave: false, saveUninitialized: false }));
  app.post('/login/:user', (request, response) => {
    request.session.user = request.params.user;
    response.end();
  });
  app.get('/', (request, response) => {
    response.send(request.session.user ?? 'nobody');
  });
  app.post('/logout', (request, response) => {
    request.session.destroy((error) => response.status(error ? 500 : 200).end());
  });
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() };
}

describe.each(stores)('$name', ({ name, make }) => {
  test('users log in at one app, are known to another, and log out', async () => {
    const [one, other] = await Promise.all([
      listen(await make(`${name} app:`)),
      listen(await make(`${name} app:`)),
    ]);
    const cookies = await Promise.all(
      Array.from({ length: 30 }, async (_, i) => {
        const { headers } = await fetch(`${one.url}/login/user${i}`, { method: 'POST' });
        return headers.getSetCookie()[0].split(';')[0];
      }),
    );
    const names = () =>
      Promise.all(cookies.map(async (cookie) => (await fetch(other.url, { headers: { cookie } })).text()));
    expect(await names()).toEqual(cookies.map((_, i) => `user${i}`));
    const first = { cookie: cookies[0] };
    expect((await fetch(`${other.url}/logout`, { method: 'POST', headers: first })).status).toBe(200);
    expect((await names()).slice(0, 2)).toEqual(['nobody', 'user1']);
    one.close();
    other.close();
  });

  test('all sessions are found, counted and cleared, on whichever server they are', async () => {
    const store = await make(`${name} all:`);
    const bystander = await make(`${name} other:`);
    const ids = Array.from({ length: SESSIONS }, (_, i) => `id${i}`);
    const dataOf = (user: string): SessionData => ({ cookie: { originalMaxAge: null }, user });
    const put = (to: Store, id: string) => done((callback) => to.set(id, dataOf(`user of ${id}`), callback));
    await Promise.all([...ids.map((id) => put(store, id)), put(bystander, 'id0')]);
    expect(Math.min(...(await servers.ask((direct) => direct.dbsize())))).toBeGreaterThan(0);

    const all = await done<SessionData[]>((callback) => store.all?.(callback as never));
    expect(all?.map(({ user }) => user).toSorted()).toEqual(ids.map((id) => `user of ${id}`).toSorted());
    expect(await done((callback) => store.length?.(callback))).toBe(SESSIONS);
    await done((callback) => store.destroy('id7', callback));
    expect(await done((callback) => store.get('id7', callback))).toBe(null);
    expect(await done((callback) => store.get('id8', callback))).toMatchObject({ user: 'user of id8' });
    await done((callback) => store.clear?.(callback));
    expect(await done((callback) => store.length?.(callback))).toBe(0);
    expect(await done((callback) => bystander.length?.(callback))).toBe(1);
  });

  test('touch makes a session last', async () => {
    const store = await make(`${name} touch:`);
    const redis = servers.ioredis();
    const key = `${name} touch:id`;
    const data = (ms: number) => ({
      cookie: { originalMaxAge: ms, expires: new Date(Date.now() + ms) },
      user: 'user',
    });
    await done((callback) => store.set('id', data(20_000), callback));
    expect(await redis.exists(key)).toBe(1);
    expect(await redis.ttl(key)).toBeLessThanOrEqual(20);
    await done((callback) => store.touch?.('id', data(50_000), callback as () => void));
    expect(await redis.ttl(key)).toBeGreaterThan(40);
  });
});
