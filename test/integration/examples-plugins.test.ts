import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { connectRaw, ServerProcess } from '@shardmux/testing';
import { afterEach, expect, test, vi } from 'vitest';

const EXAMPLES = join(import.meta.dirname, '../../examples');
/** The last line that an example prints, once everything runs. */
const READY = 'Ctrl-C stops everything.';

let example: ServerProcess | undefined;

afterEach(() => example?.stop());

/** Runs an example by the command that its README has. */
async function start(name: string): Promise<ServerProcess> {
  example = await ServerProcess.start(process.execPath, [join(EXAMPLES, name, 'start.mjs')]);
  await example.ready(async () => example!.log.includes(READY), 60_000);
  return example;
}

/** Ends it as Ctrl-C does, and waits until it has ended what it started. */
async function interrupt(running: ServerProcess): Promise<void> {
  running.signal('SIGINT');
  expect(await running.exited).toEqual({ code: 0, signal: null });
}

async function ask(port: number, ...commands: readonly string[][]): Promise<unknown[]> {
  const client = await connectRaw({ kind: 'tcp', host: '127.0.0.1', port }, { strings: true });
  const replies = await client.pipeline(commands);
  await client.close();
  return replies;
}

async function keysAt(port: number): Promise<string[]> {
  const [keys] = await ask(port, ['KEYS', '*']);
  return (keys as string[]).toSorted();
}

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
  const running = await start('hash-plugin');
  await ask(22_151, ...KEYS.map((key) => ['SET', key, 'x']));
  for (const [index, port] of [22_152, 22_153].entries()) {
    expect(await keysAt(port)).toEqual(KEYS.filter((key) => sdbm(key) % 2 === index).toSorted());
  }
  await interrupt(running);
});

test('topology-source: the proxy follows what the service says', async () => {
  const url = 'http://127.0.0.1:22160/servers';
  const running = await start('topology-source');
  await ask(22_161, ...KEYS.map((key) => ['SET', key, 'x']));
  expect(await keysAt(22_164)).toEqual([]);
  const before = [...(await keysAt(22_162)), ...(await keysAt(22_163))];
  expect(before.toSorted()).toEqual(KEYS.toSorted());

  const [command] = /curl -X PUT -d '[^']+'/.exec(running.log)!;
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
  await interrupt(running);
});
