import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { PLUGIN_KINDS } from '@shardmux/plugin-api';
import {
  connectRaw,
  freePort,
  type RedisServer,
  ServerProcess,
  startRedis,
  TemporaryFolder,
} from '@shardmux/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { scaffold } from '../src/scaffold.js';
import { ROOT, run } from './support/run.js';

const SHARDMUX = join(ROOT, 'packages/shardmux/bin/shardmux.js');

/** Outside of the repository, where nothing is found by chance. */
const place = new TemporaryFolder();
let servers: RedisServer[];

beforeAll(async () => {
  servers = await Promise.all([startRedis(), startRedis()]);
  mkdirSync(join(place.path, 'node_modules'));
});

afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  place.remove();
});

/** What `npm install` would bring, from here. */
function install(folder: string): void {
  mkdirSync(join(folder, 'node_modules'));
  for (const name of ['.bin', '@shardmux', '@types']) {
    symlinkSync(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name));
  }
}

/** The configuration of a package's README, with what is free and what is there in place of its examples. */
function usageOf(folder: string, port: number): string {
  const [, usage] = /```yaml\n(.*?)```/s.exec(readFileSync(join(folder, 'README.md'), 'utf8'))!;
  const [one, two] = servers.map((server) => String(server.port));
  const nodes = servers.map(({ endpoint }, i) => ({ name: `node${i}`, weight: 1, endpoint }));
  const file = place.write('servers.json', JSON.stringify(nodes));
  const yaml = usage.replace('22121', String(port)).replace('6379', one).replace('6380', two);
  return `stats: { listen: null }\n${yaml.replace('servers.json', file)}`;
}

describe.each(PLUGIN_KINDS)('a package for a %s plugin', (kind) => {
  const folder = join(place.path, kind);

  test('is made', () => {
    const { packageName, files } = scaffold({ kind, name: 'my-own', folder });
    expect(packageName).toBe(`shardmux-plugin-${kind}-my-own`);
    expect(files).toEqual(
      expect.arrayContaining(['.gitignore', 'README.md', 'package.json', 'src/index.ts']),
    );
    const placeholders = run(folder, 'grep', '-rlE', 'my-(kind|thing|usage)', '.');
    expect(placeholders.stdout).toBe('');
    install(folder);
  });

  test('builds, and passes the suite of its kind', () => {
    const { status, stdout } = run(folder, 'npm', 'test', '--', '--test-reporter=tap');
    expect(status, stdout).toBe(0);
    expect(Number(/^# pass (\d+)$/m.exec(stdout)?.[1])).toBeGreaterThanOrEqual(5);
  });

  test('packs what is needed, and no more', () => {
    const { stdout } = run(folder, 'npm', 'pack', '--dry-run', '--json', '--ignore-scripts');
    const [{ name, files }] = JSON.parse(stdout) as [{ name: string; files: readonly { path: string }[] }];
    expect(name).toBe(`shardmux-plugin-${kind}-my-own`);
    const others = files.map(({ path }) => path).filter((path) => !path.startsWith('dist/'));
    expect(others.sort()).toEqual(['README.md', 'package.json']);
    expect(files).toContainEqual(expect.objectContaining({ path: 'dist/index.d.ts' }));
  });

  test('serves as its README says', async () => {
    symlinkSync(folder, join(place.path, 'node_modules', `shardmux-plugin-${kind}-my-own`));
    const endpoint = { kind: 'tcp', host: '127.0.0.1', port: await freePort() } as const;
    const config = place.write('shardmux.yml', usageOf(folder, endpoint.port));
    const proxy = await ServerProcess.start(process.execPath, [SHARDMUX, 'proxy', '-c', config]);
    try {
      await proxy.ready(async () => proxy.log.includes('listens on'));
      const client = await connectRaw(endpoint, { strings: true });
      const keys = Array.from({ length: 20 }, (_, i) => `${i}:${kind}`);
      await client.pipeline(keys.map((key) => ['SET', key, key]));
      expect(await client.command('MGET', ...keys)).toEqual(keys);
      await client.close();
      proxy.signal('SIGTERM');
      expect((await proxy.exited).code).toBe(0);
    } finally {
      await proxy.stop();
    }
    if (kind === 'telemetry') expect(proxy.log).toContain('pool alpha: 21 commands, 0 failed');
  });
});
