import type { Client } from '@shardmux/client';
import { API_VERSION, definePlugin, type Plugin } from '@shardmux/plugin-api';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { createClient } from '../../src/client/create-client.js';
import { brokenPlugins, configWith, who } from '../support/broken-plugins.js';
import { PluginFolder } from '../support/plugin-folder.js';

let folder: PluginFolder;

beforeAll(() => {
  folder = new PluginFolder();
});

afterEach(() => {
  vi.useRealTimers();
});

afterAll(() => folder.remove());

/** A client that has not come about, or did not come to life. */
async function failureOf(file: string): Promise<Error> {
  let client: Client;
  try {
    client = createClient(file, { lazyConnect: true });
  } catch (error) {
    return error as Error;
  }
  const told = vi.fn();
  client.on('error', told);
  const connecting = client.connect();
  const call = client.get('key').catch((error: Error) => error);
  const failure = await connecting.then(
    () => expect.fail('it is connected'),
    (error: Error) => error,
  );
  expect(told).toHaveBeenCalledExactlyOnceWith(failure);
  expect(client.status).toBe('end');
  expect((await call) as Error).toMatchObject({ message: expect.stringContaining(failure.message) });
  return failure;
}

test.each(brokenPlugins)(
  'a plugin that %s (%s) keeps a client from starting',
  async (_, kind, create, message) => {
    const failure = await failureOf(await configWith(folder, kind, create));
    expect(failure.message).toMatch(new RegExp(`^${who(kind)}${message.source}`));
    expect(failure).toMatchObject({ code: expect.stringMatching(/^SHARDMUX_PLUGIN_(FAILED|BROKEN)$/) });
  },
);

test('a topology that never starts is given up after ten seconds', async () => {
  const hangs = '() => ({ start: () => new Promise(() => {}), stop: () => new Promise(() => {}) })';
  const file = await configWith(folder, 'topology', hangs);
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
  const failure = failureOf(file);
  await vi.advanceTimersByTimeAsync(12_000);
  expect(await failure).toMatchObject({
    code: 'SHARDMUX_PLUGIN_TIMEOUT',
    message: expect.stringMatching(new RegExp(`^${who('topology')}does not start within 10000 ms$`)),
  });
});

const mine = definePlugin({ kind: 'hash', name: 'mine', apiVersion: API_VERSION, create: () => () => 1 });
const servers = ['127.0.0.1:1:1 one'];

const create = (pool: object, plugins?: unknown) => () =>
  createClient({ pools: { alpha: { servers, ...pool } } }, { plugins: plugins as readonly Plugin[] });

test.each<[string, () => Client, string, RegExp]>([
  [
    'a plugin that there is not',
    create({ hash: 'murmer' }),
    'CONFIG_INVALID',
    /pools.alpha.hash: found "murmer": must be one of .* \(npm install shardmux-plugin-hash-murmer\); did you mean murmur\?$/,
  ],
  [
    'an option that there is not',
    create({ failover: { use: 'auto-eject', failureLimt: 2 } }),
    'CONFIG_INVALID',
    /pools.alpha.failover.failureLimt: found 2: must be left out: the options are failureLimit and retryTimeout$/,
  ],
  [
    'an option of a plugin that takes none',
    create({ hash: { use: 'md5', seed: 1 } }),
    'CONFIG_INVALID',
    /pools.alpha.hash.seed: found 1: must be left out: the plugin takes no options$/,
  ],
  [
    'two plugins of one name',
    create({ hash: 'mine' }, [mine, mine]),
    'PLUGIN_DUPLICATE',
    /^there are two hash plugins named "mine": give yours another name$/,
  ],
  [
    "an official plugin's name",
    create({}, [{ ...mine, name: 'md5' }]),
    'PLUGIN_DUPLICATE',
    /^there are two hash plugins named "md5": give yours another name$/,
  ],
  [
    'a plugin of a newer API',
    create({}, [{ ...mine, apiVersion: API_VERSION + 1 }]),
    'PLUGIN_INVALID',
    /^plugins\[0\]: hash plugin "mine" is written for version 2 .*: npm install shardmux@latest, or install a release of the plugin for @shardmux\/plugin-api 0.x$/,
  ],
  [
    'a plugin of an older API',
    create({}, [{ ...mine, apiVersion: API_VERSION - 1 }]),
    'PLUGIN_INVALID',
    /^plugins\[0\]: hash plugin "mine" is written for version 0 .*: install a release of the plugin for @shardmux\/plugin-api 0.x$/,
  ],
  [
    'a plugin where a list is due',
    create({}, mine),
    'CONFIG_OPTION',
    /^createClient: plugins: found an object: must be a list of plugins$/,
  ],
])('%s', (_, call, code, message) => {
  expect(call).toThrow(
    expect.objectContaining({ code: `SHARDMUX_${code}`, message: expect.stringMatching(message) }),
  );
});
