import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectRaw, ServerProcess } from '@shardmux/testing';
import { afterEach, expect, test } from 'vitest';
import { ask, EXAMPLES, interrupt, keysAt, startExample } from '../support/example.js';

const PROGRAM = join(EXAMPLES, 'custom-proxy/proxy.mjs');
const PROXY = 22_191;
const SHARDS = [22_192, 22_193, 22_194];
const TENANTS = Array.from({ length: 30 }, (_, i) => `tenant${i}`);

let running: ServerProcess[] = [];

afterEach(async () => {
  await Promise.all(running.map((server) => server.stop()));
  running = [];
});

test('it has less than 30 lines', () => {
  expect(readFileSync(PROGRAM, 'utf8').trimEnd().split('\n').length).toBeLessThan(30);
});

test('all keys of a tenant lie on one server, and tenants on all of them', async () => {
  const example = await startExample('custom-proxy');
  running.push(example);
  const keys = TENANTS.flatMap((tenant) => [`${tenant}:plan`, `${tenant}:a:b`, tenant]);
  expect(await ask(PROXY, ['MSET', ...keys.flatMap((key) => [key, `value of ${key}`])])).toEqual(['OK']);
  expect(await ask(PROXY, ['MGET', ...keys])).toEqual([keys.map((key) => `value of ${key}`)]);

  const held = await Promise.all(SHARDS.map(keysAt));
  expect(held.flat().toSorted()).toEqual(keys.toSorted());
  const tenants = held.map((each) => new Set(each.map((key) => key.split(':')[0])));
  for (const { size } of tenants) expect(size).toBeGreaterThan(2);
  expect(tenants.reduce((sum, { size }) => sum + size, 0)).toBe(TENANTS.length);
  await interrupt(example);
});

test('commands with several keys are for one tenant', async () => {
  const example = await startExample('custom-proxy');
  running.push(example);
  const sets = TENANTS.map((tenant) => [`${tenant}:staff`, `${tenant}:guests`]);
  for (const [staff, guests] of sets) {
    const replies = await ask(
      PROXY,
      ['SADD', staff, 'ann'],
      ['SADD', guests, 'bob'],
      ['SUNION', staff, guests],
    );
    expect(replies.at(-1)).toEqual(expect.arrayContaining(['ann', 'bob']));
  }
  const [refused] = await ask(PROXY, ['SUNION', ...sets.map(([staff]) => staff)]);
  expect(refused).toMatchObject({ message: expect.stringMatching(/^CROSSSLOT /) });
  await interrupt(example);
});

test('it drains at SIGTERM', async () => {
  const redis = { name: 'redis-server', debianPackage: 'redis-server' };
  for (const port of SHARDS) {
    running.push(
      await ServerProcess.start(redis, ['--port', String(port), '--bind', '127.0.0.1', '--save', '']),
    );
  }
  const proxy = await ServerProcess.start(process.execPath, [PROGRAM]);
  running.push(proxy);
  await proxy.ready(() =>
    ask(PROXY, ['GET', 'a']).then(
      ([reply]) => reply === null,
      () => false,
    ),
  );
  const client = await connectRaw({ kind: 'tcp', host: '127.0.0.1', port: PROXY }, { strings: true });
  expect(await client.command('SET', 'a', '1')).toBe('OK');
  proxy.signal('SIGTERM');
  await expect(client.read()).rejects.toThrow();
  expect(await proxy.exited).toEqual({ code: 0, signal: null });
});
