import { expect, test, vi } from 'vitest';
import { loadApi, OpenTelemetry } from '../src/index.js';
import { alpha, gauges, one, two } from './support/pool.js';
import { Sdk } from './support/sdk.js';

const atOne = {
  'db.client.connection.pool.name': 'alpha',
  'server.address': '10.0.0.1',
  'server.port': 6379,
};
const atTwo = { 'db.client.connection.pool.name': 'alpha', 'server.address': '/run/two.sock' };

function create() {
  const sdk = new Sdk();
  const telemetry = new OpenTelemetry({ api: loadApi(), meter: sdk.meter, tracer: null });
  const points = async (name: string) =>
    (await sdk.points(name)).map(({ attributes, value }) => ({ attributes, value }));
  return { sdk, telemetry, points };
}

test('what stands now is told server by server', async () => {
  const { telemetry, points } = create();
  telemetry.observe(alpha);
  const used = { 'db.client.connection.state': 'used' };
  expect(await points('db.client.connection.count')).toEqual([
    { attributes: { ...atOne, ...used }, value: 2 },
    { attributes: { ...atTwo, ...used }, value: 1 },
  ]);
  expect(await points('db.client.connection.pending_requests')).toEqual([
    { attributes: atOne, value: 3 },
    { attributes: atTwo, value: 0 },
  ]);
  expect(await points('shardmux.server.requests_in_flight')).toEqual([
    { attributes: atOne, value: 4 },
    { attributes: atTwo, value: 0 },
  ]);
});

test('two pools of one process are told apart', async () => {
  const { telemetry, points } = create();
  for (const pool of [alpha, { ...alpha, name: 'beta' }]) telemetry.observe(pool);
  const counts = await points('db.client.connection.count');
  expect(counts.map(({ attributes }) => attributes['db.client.connection.pool.name'])).toEqual([
    ...['alpha', 'alpha'],
    ...['beta', 'beta'],
  ]);
});

test('a server that is ejected is not available until it is back', async () => {
  const { telemetry, points } = create();
  const observer = telemetry.observe(alpha);
  const available = async () => (await points('shardmux.server.available')).map(({ value }) => value);
  observer.topologyChanged(1, [one, two]);
  observer.failover(two, 30_000);
  expect(await available()).toEqual([1, 0]);
  observer.failover(two, null);
  expect(await available()).toEqual([1, 1]);
});

test('connections are timed, and those that took too long are counted', async () => {
  const { sdk, telemetry } = create();
  const observer = telemetry.observe(alpha);
  observer.connected(one, 3);
  observer.disconnected(two, 'timeout', false, null);
  observer.disconnected(two, 'timeout', true, null);
  observer.disconnected(one, 'refused', false, new Error('connect ECONNREFUSED'));
  const [created] = await sdk.points('db.client.connection.create_time');
  expect(created).toMatchObject({ attributes: atOne, value: { count: 1, sum: 0.003 } });
  const timeouts = await sdk.points('db.client.connection.timeouts');
  expect(timeouts).toMatchObject([{ attributes: atTwo, value: 1 }]);
});

test('a server that is gone has no connections', async () => {
  const { telemetry, points } = create();
  let servers = gauges;
  telemetry.observe({ ...alpha, gauges: () => servers });
  const connections = async () => (await points('db.client.connection.count')).map(({ value }) => value);
  expect(await connections()).toEqual([2, 1]);
  servers = gauges.slice(0, 1);
  expect(await connections()).toEqual([2, 0]);
});

test('after stop the pool is asked once more, and let go', async () => {
  const { telemetry, points } = create();
  const closed = gauges.map((each) => ({ ...each, connections: 0 }));
  const ask = vi.fn(() => closed);
  telemetry.observe({ ...alpha, gauges: ask });
  await telemetry.stop();
  await telemetry.stop();
  const values = (await points('db.client.connection.count')).map(({ value }) => value);
  expect(values).toEqual([0, 0]);
  await points('db.client.connection.count');
  expect(ask).toHaveBeenCalledOnce();
});
