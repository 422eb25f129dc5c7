import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { Channel, Endpoint } from '@shardmux/plugin-api';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createIoredisTransport, type IoredisOptions } from '../src/index.js';
import { Recorder } from './recorder.js';

const readRegion = { bytes: Buffer.alloc(65_536), start: 0, end: 65_536 };
const POOL = { readRegion, connectTimeout: 5_000, keepAlive: 0, noDelay: true };

/** Accepts over IPv4, and says nothing. */
const silent = createServer();
const accepted: Socket[] = [];
const channels: Channel[] = [];
let port = 0;

beforeAll(async () => {
  silent.on('connection', (socket) => accepted.push(socket.on('error', () => {}).resume()));
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  port = (silent.address() as AddressInfo).port;
});

afterEach(() => {
  for (const channel of channels.splice(0)) channel.destroy();
  for (const socket of accepted.splice(0)) socket.destroy();
});

afterAll(() => void silent.close());

/** What comes first of a connection: `opened`, or `closed` with its cause. */
async function outcome(options: IoredisOptions, host = '127.0.0.1', connectTimeout = POOL.connectTimeout) {
  const events = new Recorder();
  const endpoint: Endpoint = { kind: 'tcp', host, port };
  channels.push(createIoredisTransport(options).connect(endpoint, { ...POOL, connectTimeout }, events));
  await Promise.race([events.happened('opened'), events.happened('closed')]);
  return events;
}

describe.each<[string, IoredisOptions]>([
  ['plain', {}],
  ['with TLS', { tls: {} }],
])('%s', (_, how) => {
  test('family says which addresses of a name are tried', async () => {
    const other = await outcome({ ...how, family: 6 }, 'localhost');
    expect(other.error).toMatchObject({ code: expect.stringMatching(/^E/) });
    expect(accepted).toEqual([]);
    const events = await outcome({ ...how, family: 4, connectTimeout: 100 }, 'localhost');
    expect(accepted).toHaveLength(1);
    expect(events.events).toEqual(['tls' in how ? 'closed' : 'opened']);
  });
});

test('connectTimeout goes before the pool’s, and ioredis’ default does not', async () => {
  const said = await outcome({ tls: {}, connectTimeout: 30 });
  expect(said.error).toMatchObject({ message: 'connect ETIMEDOUT after 30 ms' });
  const unsaid = await outcome({ tls: {} }, undefined, 40);
  expect(unsaid.error).toMatchObject({ message: 'connect ETIMEDOUT after 40 ms' });
});

test('where the server is, no option says', async () => {
  const elsewhere = { host: '127.0.0.1', port: 1, path: '/nowhere' };
  await outcome(elsewhere);
  await outcome({ tls: elsewhere, connectTimeout: 100 });
  expect(accepted).toHaveLength(2);
});

test('a certificate that is none is found out at the start', () => {
  expect(() => createIoredisTransport({ tls: { cert: 'nonsense' } })).toThrow(/PEM|no start line/);
});
