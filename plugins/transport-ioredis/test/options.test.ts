import { describe, expect, test } from 'vitest';
import { createIoredisTransport, type IoredisOptions, ioredisPlugin, plugins } from '../src/index.js';

const [plugin] = plugins;

function faults(options: unknown) {
  const result = plugin.optionsSchema!['~standard'].validate(options);
  if (result instanceof Promise) throw new Error('the schema takes its time');
  return (result.issues ?? []).map(({ path = [], message }) => `${path.join('.')} ${message}`);
}

describe('of a configuration', () => {
  test('all that there are', () => {
    const options = {
      tls: { ca: 'ca.crt', cert: 'own.crt', key: 'own.key', servername: 'redis', rejectUnauthorized: false },
      ...{ family: 6, connectTimeout: 0, keepAlive: 1_000, noDelay: false },
      ...{ username: 'app', password: 'secret', db: 0, connectionName: 'my-app' },
      ...{ sentinels: [{ host: 'one', port: 1 }, { host: 'two' }], name: 'group', role: 'slave' },
      ...{ sentinelUsername: 'app', sentinelPassword: 'secret', sentinelTLS: true },
      ...{ enableTLSForSentinelMode: true, updateSentinels: false, failoverDetector: true },
    };
    expect(faults(options)).toEqual([]);
    expect(faults({})).toEqual([]);
  });

  test.each<[object, string | RegExp]>([
    [{ keyprefix: 'a' }, /^keyprefix must be left out: the options are tls, family, /],
    [{ host: 'a' }, 'host must be left out: where servers are, the pool says'],
    [{ Connector: 'a' }, 'Connector must be left out of a configuration: code can give it, by ioredisPlugin'],
    [{ family: 5 }, 'family must be 4, 6, or 0 for either'],
    [{ connectTimeout: -1 }, /^connectTimeout must be a whole number of ms, from 0/],
    [{ keepAlive: '1s' }, /^keepAlive must be a whole number/],
    [{ noDelay: 1 }, 'noDelay must be true or false'],
    [{ tls: 'yes' }, 'tls must be a mapping'],
    [{ tls: { ca: { type: 'Buffer' } } }, 'tls.ca must be the path of a PEM file'],
    [{ tls: { cafile: 'a' } }, /^tls\.cafile must be left out/],
    [{ tls: { cert: 'a' } }, 'tls must have cert and key, or neither'],
    [{ username: 5 }, 'username must be text'],
    [{ db: 1.5 }, 'db must be a whole number'],
    [{ connectionName: 'my app' }, 'connectionName must be text without blanks'],
    [{ sentinels: [] }, 'sentinels must be a list of at least one Sentinel'],
    [{ sentinels: [{ host: 'a', port: 0 }] }, 'sentinels.0.port must be a port'],
    [{ sentinels: [{ port: 1 }] }, 'sentinels.0 must have a host'],
    [{ name: 'a', role: 'master' }, ' must have sentinels, for name, role'],
    [{ sentinels: [{ host: 'a' }], role: 'primary' }, 'role must be master or slave'],
  ])('%j', (options, fault) => {
    const [first, ...others] = faults(options);
    expect(first).toEqual(typeof fault === 'string' ? fault : expect.stringMatching(fault));
    expect(others).toEqual([]);
  });

  test.each([null, [], 'tls'])('%j is none', (options) => {
    expect(faults(options)).toEqual([' must be a mapping']);
  });

  test('a file that cannot be read', () => {
    expect(() => plugin.create({ tls: { ca: '/nowhere/ca.crt' } })).toThrow(
      /^options\.tls\.ca: \/nowhere\/ca\.crt cannot be read/,
    );
  });
});

describe('who the links are', () => {
  test.each<[IoredisOptions, object]>([
    [{}, {}],
    [
      { username: 'app', password: 'secret', db: 3, connectionName: 'my-app' },
      { username: 'app', password: 'secret', database: 3, name: 'my-app' },
    ],
    // As ioredis makes them of a URL.
    [JSON.parse('{ "username": "", "password": "secret", "db": "3" }'), { password: 'secret', database: 3 }],
    [{ db: 0 }, { database: 0 }],
    [JSON.parse('{ "username": null, "password": null, "db": null, "connectionName": null }'), {}],
  ])('%j', (options, credentials) => {
    expect(createIoredisTransport(options).preferences).toEqual({ credentials });
  });

  test('when they are opened again, retryStrategy says; anything but a number gives up', () => {
    const reconnectOf = (retryStrategy: IoredisOptions['retryStrategy']) =>
      createIoredisTransport({ retryStrategy }).preferences?.reconnect;
    expect(reconnectOf((times) => times * 10)?.(3)).toBe(30);
    expect(reconnectOf(() => {})?.(1)).toBeNull();
    expect(reconnectOf(() => null)?.(1)).toBeNull();
    expect(reconnectOf(null)?.(1)).toBeNull();
    expect(reconnectOf(undefined)).toBeUndefined();
  });
});

test('options in code make a plugin of their own name', () => {
  const { kind, name, create } = ioredisPlugin('app', { db: 7 });
  expect([kind, name]).toEqual(['transport', 'app']);
  expect(create(undefined).preferences).toEqual({ credentials: { database: 7 } });
});

test.each([
  [
    5,
    'transport plugin "mine": found 5: must be the options that an application gives to ioredis, an object',
  ],
  [null, 'transport plugin "mine": found null: must be'],
  [{ db: 'x' }, 'transport plugin "mine": db: found x: must be a whole number from 0'],
  [{ db: -1 }, 'transport plugin "mine": db: found -1: must be a whole number from 0'],
])('%j given in code is refused', (options, fault) => {
  expect(() => Reflect.apply(ioredisPlugin, undefined, ['mine', options])).toThrow(fault);
});

test('numbers are sent as their text, as ioredis does', () => {
  const given = { username: 1, password: 123_456, connectionName: 77, db: '3' };
  const { preferences } = Reflect.apply(createIoredisTransport, undefined, [given]);
  expect(preferences.credentials).toEqual({ username: '1', password: '123456', name: '77', database: 3 });
});
