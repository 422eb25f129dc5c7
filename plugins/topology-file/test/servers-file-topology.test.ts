import { mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { TemporaryFolder } from '@shardmux/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readServers, ServersFileTopology } from '../src/index.js';
import { Told } from './support/told.js';

const A = 'servers: [h:1:1 a]\n';
const AB = 'servers: [h:1:1 a, h:2:1 b]\n';
const BAD = 'servers:\n  - h:1:1 a\n  - h:2 b\n  - h:3:1 a\n';

let folder: TemporaryFolder;
let path: string;
let told: Told;
let source: ServersFileTopology | null;

beforeEach(() => {
  folder = new TemporaryFolder();
  path = folder.write('servers.yaml', A);
  told = new Told();
  source = null;
});

afterEach(async () => {
  await source?.stop();
  folder.remove();
});

async function start(options: { readonly path?: string; readonly cache?: string } = {}): Promise<void> {
  source = new ServersFileTopology({ path, ...options });
  await source.start(told);
}

test('a change is told at once', async () => {
  await start();
  const delays: number[] = [];
  for (const [i, text] of [AB, A, AB].entries()) {
    const begin = performance.now();
    folder.write('servers.yaml', text);
    await told.until(i + 2);
    delays.push(performance.now() - begin);
  }
  expect(told.log).toEqual(['1: a', '2: a b', '3: a', '4: a b']);
  // It is looked at a second after the last time, had it no events. The machine may be busy, but not each time.
  expect(Math.min(...delays)).toBeLessThan(500);
});

test('another file that takes its place, as editors have it', async () => {
  await start();
  renameSync(folder.write('servers.yaml.new', AB), path);
  await told.until(2);
  rmSync(path);
  await told.until(3);
  folder.write('servers.yaml', A);
  await told.until(4);
  expect(told.log).toEqual(['1: a', '2: a b', expect.stringMatching(/cannot be read: ENOENT/), '3: a']);
});

test('another folder behind a link, as Kubernetes has it', async () => {
  for (const [version, text] of Object.entries({ one: A, two: AB })) {
    mkdirSync(`${folder.path}/..${version}`);
    folder.write(`..${version}/mounted.yaml`, text);
  }
  symlinkSync('..one', `${folder.path}/..data`);
  symlinkSync('..data/mounted.yaml', `${folder.path}/mounted.yaml`);
  await start({ path: `${folder.path}/mounted.yaml` });
  symlinkSync('..two', `${folder.path}/..data_tmp`);
  renameSync(`${folder.path}/..data_tmp`, `${folder.path}/..data`);
  await told.until(2);
  expect(told.log).toEqual(['1: a', '2: a b']);
});

test('a file in another folder, to which a link leads', async () => {
  mkdirSync(`${folder.path}/elsewhere`);
  const target = folder.write('elsewhere/real.yaml', A);
  symlinkSync(target, `${folder.path}/link.yaml`);
  await start({ path: `${folder.path}/link.yaml` });
  writeFileSync(target, AB);
  await told.until(2);
  expect(told.log).toEqual(['1: a', '2: a b']);
});

test('what is written in several steps is read once', async () => {
  await start();
  folder.write('servers.yaml', '');
  for (const text of ['servers:\n', '  - h:1:1 a\n', '  - h:2:1 b\n']) {
    await sleep(5);
    writeFileSync(path, text, { flag: 'a' });
  }
  await told.until(2);
  expect(told.log).toEqual(['1: a', '2: a b']);
});

test('a busy folder keeps no change from being seen', async () => {
  await start();
  const busy = setInterval(() => folder.write('other', ''), 1);
  folder.write('servers.yaml', AB);
  await told.until(2).finally(() => clearInterval(busy));
  expect(told.log).toEqual(['1: a', '2: a b']);
});

test('what is no good is refused with all its faults, once, and what was there stays', async () => {
  await start();
  folder.write('servers.yaml', BAD);
  await told.until(2);
  expect(told.log[1]).toBe(
    [
      `${path}:3:5: servers.1: found "h:2 b": must be host:port:weight or /path:weight, with a port from 1 to 65535 and a weight from 1 to 2147483647, and after a blank an optional name`,
      `${path}:4:5: servers.2: found the name "a", as servers.0 has: must be a name of its own`,
    ].join('\n'),
  );
  // The same again, then what was there before: told anew, so that it is known to be good.
  folder.write('servers.yaml', BAD);
  await sleep(100);
  folder.write('servers.yaml', A);
  await told.until(3);
  expect(told.log.slice(2)).toEqual(['1: a']);
  expect(told.snapshots[1]).toBe(told.snapshots[0]);
  folder.write('servers.yaml', 'servers: []');
  await told.until(4);
  folder.write('servers.yaml', AB);
  await told.until(5);
  expect(told.log.slice(3)).toEqual([expect.stringContaining('an empty list'), '2: a b']);
});

test('the same servers in other words are no change', async () => {
  await start();
  folder.write('servers.yaml', JSON.stringify({ servers: [{ host: 'h', port: 1, name: 'a' }] }));
  await sleep(100);
  folder.write('servers.yaml', AB);
  await told.until(2);
  expect(told.log).toEqual(['1: a', '2: a b']);
});

test('without a file there is no start, and it says what to do', async () => {
  rmSync(path);
  await expect(start()).rejects.toMatchObject({
    code: 'SHARDMUX_CONFIG_UNREADABLE',
    message: expect.stringMatching(
      /^\/.*servers\.yaml: cannot be read: ENOENT.*: create it, or name another one as the "path" of the topology$/,
    ),
  });
  folder.write('servers.yaml', BAD);
  await expect(start()).rejects.toMatchObject({ code: 'SHARDMUX_CONFIG_INVALID' });
  expect(told.log).toEqual([]);
});

test('nothing is told when it has stopped', async () => {
  await start();
  await source?.stop();
  folder.write('servers.yaml', AB);
  await sleep(150);
  expect(told.log).toEqual(['1: a']);
});

test('with a cache it starts from the last good servers, says so, and goes on', async () => {
  const cache = `${folder.path}/cache.json`;
  await start({ cache });
  folder.write('servers.yaml', AB);
  await told.until(2);
  await source?.stop();
  expect(readServers(readFileSync(cache))).toEqual(told.snapshots[1].nodes);

  for (const [fault, spoil] of [
    [/cannot be read: ENOENT/, () => rmSync(path)],
    [/must be host:port:weight/, () => folder.write('servers.yaml', BAD)],
  ] as const) {
    spoil();
    told = new Told();
    await start({ cache });
    expect(told.log).toEqual(['1: a b', expect.stringMatching(fault)]);
    folder.write('servers.yaml', AB);
    await told.until(3);
    folder.write('servers.yaml', A);
    await told.until(4);
    folder.write('servers.yaml', AB);
    await told.until(5);
    expect(told.log.slice(2)).toEqual(['1: a b', '2: a', '3: a b']);
    await source?.stop();
  }
});

test('a cache that is not there or no good does not help', async () => {
  rmSync(path);
  const cache = `${folder.path}/cache.json`;
  const both = (second: RegExp) =>
    expect.objectContaining({
      code: 'SHARDMUX_TOPOLOGY_CACHE',
      message: expect.stringMatching(
        new RegExp(`servers.yaml: cannot be read.*; and .*${second.source}`, 's'),
      ),
    });
  await expect(start({ cache })).rejects.toEqual(
    both(/the cache of servers, .*cache.json, cannot be read: ENOENT/),
  );
  writeFileSync(cache, '{"servers": ');
  await expect(start({ cache })).rejects.toEqual(both(/cache.json:1:13: found a fault in the YAML/));
});

test('a cache that cannot be written is told before anything is served', () => {
  const cache = `${folder.path}/none/cache.json`;
  expect(() => new ServersFileTopology({ path, cache })).toThrow(
    expect.objectContaining({
      code: 'SHARDMUX_TOPOLOGY_CACHE',
      message: expect.stringMatching(/^the cache of servers, .*none\/cache.json, cannot be written: ENOENT/),
    }),
  );
});

test('a cache that can be written no more is told, and all goes on', async () => {
  const cache = `${folder.path}/cache/cache.json`;
  mkdirSync(`${folder.path}/cache`);
  await start({ cache });
  rmSync(`${folder.path}/cache`, { recursive: true });
  folder.write('servers.yaml', AB);
  await told.until(3);
  expect(told.log).toEqual(['1: a', '2: a b', expect.stringMatching(/cannot be written: ENOENT/)]);
});
