import { afterEach, expect, test } from 'vitest';
import { type EtcdServer, startEtcd } from '../src/etcd-server.js';

let etcd: EtcdServer;

afterEach(() => etcd.stop());

const key = Buffer.from('key').toString('base64');
const value = Buffer.from('value').toString('base64');

test('comes back with its data on the same port after a kill', async () => {
  etcd = await startEtcd();
  await etcd.call('kv/put', { key, value });
  await etcd.kill();
  await expect(etcd.call('kv/range', { key })).rejects.toThrow();
  await etcd.restart();
  expect(await etcd.call('kv/range', { key })).toMatchObject({ kvs: [{ key, value }] });
});

test('answers nothing while frozen, and what was asked once thawed', async () => {
  etcd = await startEtcd();
  etcd.freeze();
  let answered = false;
  const answer = etcd.call('kv/range', { key }).finally(() => {
    answered = true;
  });
  // Another one comes up in the while.
  const other = await startEtcd();
  await other.stop();
  expect(answered).toBe(false);
  etcd.thaw();
  expect(await answer).toMatchObject({ header: {} });
});
