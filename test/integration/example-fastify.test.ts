import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type RedisServer, type ServerProcess, startRedis } from '@shardmux/testing';
import type { FastifyInstance } from 'fastify';
import { afterEach, expect, test } from 'vitest';
import { ask, EXAMPLES, interrupt, keysAt, startExample } from '../support/example.js';

const URL_OF_APP = 'http://127.0.0.1:22180';
const SHARDS = [22_181, 22_182, 22_183];

let example: ServerProcess | undefined;
let servers: RedisServer[] = [];
let app: FastifyInstance | undefined;

afterEach(async () => {
  await app?.close();
  await Promise.all(servers.map((server) => server.stop()));
  await example?.stop();
  servers = [];
});

async function request(method: string, path: string, body?: unknown): Promise<[number, unknown]> {
  const content = { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const response = await fetch(URL_OF_APP + path, { method, ...(body === undefined ? {} : content) });
  const text = await response.text();
  return [response.status, text === '' ? null : JSON.parse(text)];
}

test('the routes do what they say, over all servers', async () => {
  example = await startExample('fastify');
  const names = Array.from({ length: 20 }, (_, i) => `name${i}`);
  expect(await request('GET', '/health')).toEqual([200, { redis: 'ready' }]);
  for (const name of names) {
    expect(await request('PUT', `/carts/${name}/tea`, { quantity: 2 })).toEqual([204, null]);
    expect(await request('PUT', `/carts/${name}/cake`, { quantity: 1 })).toEqual([204, null]);
    expect(await request('POST', `/views/${name}`)).toEqual([200, { views: 1 }]);
  }
  expect(await request('POST', '/views/name7')).toEqual([200, { views: 2 }]);
  const query = ['nobody', ...names].map((name) => `page=${name}`).join('&');
  const counts = names.map((name) => [name, name === 'name7' ? 2 : 1]);
  expect(await request('GET', `/views?${query}`)).toEqual([
    200,
    { nobody: 0, ...Object.fromEntries(counts) },
  ]);

  const items = { tea: '2', cake: '1' };
  expect(await request('GET', '/carts/name3')).toEqual([200, items]);
  expect(await request('POST', '/carts/name3/order')).toEqual([201, { number: 1, items }]);
  expect(await request('GET', '/carts/name3')).toEqual([200, {}]);

  const held = await Promise.all(SHARDS.map(keysAt));
  for (const keys of held) expect(keys.length).toBeGreaterThan(3);
  const carts = names.filter((name) => name !== 'name3').map((name) => `{cart:${name}}:items`);
  const all = [...names.map((name) => `views:${name}`), ...carts, '{cart:name3}:orders'];
  expect(held.flat().toSorted()).toEqual(all.toSorted());
  await interrupt(example);
});

test.each([
  ['PUT', '/carts/ann/tea', { quantity: 100 }, 'body/quantity must be <= 99'],
  ['PUT', '/carts/ann/tea', {}, "body must have required property 'quantity'"],
  ['GET', '/carts/%7Bx%7D', undefined, 'params/cart must match pattern'],
  ['GET', '/views', undefined, "querystring must have required property 'page'"],
] as const)('%s %s with %j is refused, and no server hears of it', async (method, url, payload, message) => {
  await build();
  const response = await app!.inject({ method, url, ...(payload && { payload }) });
  expect([response.statusCode, response.json().message]).toEqual([400, expect.stringContaining(message)]);
  expect(await Promise.all(servers.map(({ port }) => keysAt(port)))).toEqual([[], [], []]);
});

test('its health is 503 while no server can be reached', async () => {
  await build();
  const health = async () => (await app!.inject('/health')).statusCode;
  await expect.poll(health).toBe(200);
  for (const server of servers) await server.kill();
  await expect.poll(health).toBe(503);
  for (const server of servers) await server.restart();
  await expect.poll(health, { timeout: 10_000 }).toBe(200);
});

test('the app lets go of its servers when it closes', async () => {
  await build();
  await app!.inject({ method: 'POST', url: '/views/home' });
  const connections = async () => {
    const lists = await Promise.all(servers.map(({ port }) => ask(port, ['CLIENT', 'LIST'])));
    return lists.map(([list]) => String(list).trim().split('\n').length);
  };
  await expect.poll(connections).toEqual([2, 2, 2]);
  await app!.close();
  // Its own.
  await expect.poll(connections).toEqual([1, 1, 1]);
});

/** The same app, over servers that come and go. */
async function build(): Promise<void> {
  servers = await Promise.all([startRedis(), startRedis(), startRedis()]);
  const { buildApp } = (await import(pathToFileURL(join(EXAMPLES, 'fastify/app.mjs')).href)) as {
    buildApp(config: object): FastifyInstance;
  };
  const addresses = servers.map(({ port }, i) => `127.0.0.1:${port}:1 redis${i}`);
  app = buildApp({ pools: { main: { hashTag: '{}', servers: addresses } } });
  await app.ready();
}
