import { ConfigError } from '@shardmux/plugin-api';
import { expect, test } from 'vitest';
import { createClient } from '../../src/client/create-client.js';

const config = { pools: { alpha: { servers: ['127.0.0.1:1:1'] } } };

/** As JavaScript calls it, which no type holds back. */
const create: (...args: unknown[]) => ReturnType<typeof createClient> = (...args) =>
  Reflect.apply(createClient, undefined, args);

function errorOf(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  return null;
}

test.each([
  [{ commandTimeout: -1 }, 'commandTimeout: found -1: must be a whole number of milliseconds'],
  [{ commandTimeout: '100' }, 'commandTimeout: found "100": must be a whole number of milliseconds'],
  [{ commandTimeout: 2 ** 31 }, 'commandTimeout: found 2147483648: must be a whole number'],
  [{ keyPrefix: 7 }, 'keyPrefix: found 7: must be a text'],
  [{ stringNumbers: 'yes' }, 'stringNumbers: found "yes": must be true or false'],
  [{ enableOfflineQueue: null }, 'enableOfflineQueue: found null: must be true or false'],
  [{ lazyConnect: 1 }, 'lazyConnect: found 1: must be true or false'],
  [
    { maxRetriesPerRequest: Number.NaN },
    'maxRetriesPerRequest: found NaN: must be a whole number from 0, or null',
  ],
  [{ maxQueuedCommands: 1.5 }, 'maxQueuedCommands: found 1.5: must be a whole number from 0'],
  [{ retryStrategy: 100 }, 'retryStrategy: found 100: must be a function'],
  [{ scripts: { mine: 'return 1' } }, 'scripts: found an object: must be a mapping of names to { lua'],
  [
    { scripts: { mine: { lua: 'return 1', numberOfKeys: '1' } } },
    'scripts: found an object: must be a mapping',
  ],
  [{ logger: { error() {} } }, 'logger: found an object: must be an object with the methods error, warn'],
  [{ pool: 1 }, 'pool: found 1: must be the name of a pool'],
  [{ plugins: {} }, 'plugins: found an object: must be a list of plugins'],
  [
    { enableAutoPipelining: true },
    'found an unknown option enableAutoPipelining: must be one of keyPrefix, ',
  ],
  [null, 'found null: must be an object'],
  [() => {}, 'found a function: must be an object'],
])('%j is refused by name', (options, message) => {
  const error = errorOf(() => create(config, options));
  expect(error).toBeInstanceOf(ConfigError);
  expect(error).toMatchObject({
    code: 'SHARDMUX_CONFIG_OPTION',
    message: expect.stringContaining(`createClient: ${message}`),
  });
});

test('all that is wrong is told at once', () => {
  const error = errorOf(() => create(config, { keyPrefix: 1, lazyconnect: true }));
  expect(String(error)).toMatch(/keyPrefix: found 1.*\n.*unknown option lazyconnect/);
});

test('an option that is undefined was left out', async () => {
  const client = create(config, {
    lazyConnect: true,
    keyPrefix: undefined,
    maxQueuedCommands: undefined,
    maxRetriesPerRequest: undefined,
    pool: undefined,
    plugins: undefined,
  });
  expect(client.status).toBe('wait');
  await client.quit();
});

test('duplicates and single calls are held to their options as well', async () => {
  const client = create(config, { lazyConnect: true });

  expect(() => Reflect.apply(client.duplicate, client, [{ db: 1 }])).toThrow(
    'duplicate: found an unknown option db: must be one of',
  );
  expect(() => Reflect.apply(client.with, client, [{ signal: {} }])).toThrow(
    'with: signal: found an object: must be an AbortSignal',
  );
  await client.quit();
});

test.each([undefined, null, 7, ['a'], true, Symbol('x')])('%s is no configuration', (source) => {
  expect(() => create(source)).toThrow(/takes the path of a configuration file, or the same .* found /);
});

test.each([
  [{}, 'found no "pools", but nothing'],
  [{ host: '127.0.0.1', port: 6379 }, 'found no "pools", but host, port'],
  [{ pool: { main: {} } }, 'found no "pools", but pool'],
])('%j: an object that is no configuration', (source, fault) => {
  expect(() => create(source)).toThrow(fault);
});

test('a script that is none', async () => {
  const client = create(config, { lazyConnect: true });
  expect(() => Reflect.apply(client.defineCommand, client, ['x', { lua: 5 }])).toThrow(
    'defineCommand: scripts: found an object: must be a mapping of names to { lua',
  );
  await client.quit();
});

test('a configuration that JSON cannot express', () => {
  const own: Record<string, unknown> = {};
  own.own = own;
  expect(() => create(own)).toThrow(ConfigError);
  expect(() => create({ pools: 1n })).toThrow(ConfigError);
});
