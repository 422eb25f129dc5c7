import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { ServerProcess } from '@shardmux/testing';
import { afterEach, expect, test, vi } from 'vitest';
import { ask, EXAMPLES, interrupt, keysAt, startExample } from '../support/example.js';

let example: ServerProcess | undefined;

afterEach(() => example?.stop());

const KEYS = Array.from({ length: 60 }, (_, i) => `key:${i}`);

test.each(['hash-plugin', 'topology-source'])('%s passes the suite of its kind', (name) => {
  const { NODE_TEST_CONTEXT: _, NODE_OPTIONS: __, ...env } = process.env;
  const cwd = join(EXAMPLES, name);
  const { status, stdout } = spawnSync(process.execPath, ['--test'], { cwd, env, encoding: 'utf8' });
  expect(status, stdout).toBe(0);
});

/** sdbm as its book has it, in arithmetic that cannot overflow. */
function sdbm(key: string): number {
  const hash = Buffer.from(key).reduce((value, byte) => (value * 65_599n + BigInt(byte)) % 2n ** 32n, 0n);
  return Number(hash);
}

test('hash-plugin: the proxy goes by the hash function of the plugin', async () => {
  example = await startExample('hash-plugin');
  await ask(22_151, ...KEYS.map((key) => ['SET', key, 'x']));
  for (const [index, port] of [22_152, 22_153].entries()) {
    expect(await keysAt(port)).toEqual(KEYS.filter((key) => sdbm(key) % 2 === index).toSorted());
  }
  await interrupt(example);
});

test('topology-source: the proxy follows what the service says', async () => {
  const url = 'http://127.0.0.1:22160/servers';
  example = await startExample('topology-source');
  await ask(22_161, ...KEYS.map((key) => ['SET', key, 'x']));
  expect(await keysAt(22_164)).toEqual([]);
  const before = [...(await keysAt(22_162)), ...(await keysAt(22_163))];
  expect(before.toSorted()).toEqual(KEYS.toSorted());

  const [command] = /curl -X PUT -d '[^']+'/.exec(example.log)!;
  await fetch(url, { method: 'PUT', body: command.split("'")[1] });
  await vi.waitUntil(
    async () => {
      await ask(22_161, ...KEYS.map((key) => ['SET', key, 'y']));
      return (await keysAt(22_164)).length > 0;
    },
    { timeout: 10_000 },
  );
  const moved = await keysAt(22_164);
  expect(moved.length).toBeLessThan(KEYS.length / 2);
  await interrupt(example);
});
