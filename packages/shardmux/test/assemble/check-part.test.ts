import { API_VERSION, definePlugin, type HashFunction, type PluginKind } from '@shardmux/plugin-api';
import { describe, expect, test } from 'vitest';
import { checkPart } from '../../src/assemble/check-part.js';
import { Culprit } from '../../src/assemble/culprit.js';

const plugin = definePlugin({ kind: 'hash', name: 'mine', apiVersion: API_VERSION, create: () => () => 1 });
const culprit = new Culprit('alpha', plugin, { use: 'file:///srv/mine.js#mine', options: {} });
const WHO = 'pool "alpha": hash plugin "mine" (file:///srv/mine.js#mine)';

const check = (kind: PluginKind, part: unknown) => () => checkPart(kind, part, culprit);

function broken(message: string): unknown {
  return expect.objectContaining({ code: 'SHARDMUX_PLUGIN_BROKEN', message: `${WHO} ${message}` });
}

describe('a hash', () => {
  test.each<[string, HashFunction]>([
    ['the least', () => 0],
    ['the greatest', () => 0xffffffff],
  ])('may give %s unsigned 32-bit integer', (_, hash) => {
    expect(check('hash', hash)).not.toThrow();
  });

  const must = 'must return unsigned 32-bit integers (value >>> 0), and returned';

  test.each<[string, unknown]>([
    ['-1', () => -1],
    ['4294967296', () => 2 ** 32],
    ['1.5', () => 1.5],
    ['NaN', () => Number.NaN],
    ['undefined', () => {}],
    ['abc', () => 'abc'],
    ['7', () => 7n],
  ])('must not give %s', (value, hash) => {
    expect(check('hash', hash)).toThrow(broken(`${must} ${value} for a key of 1 bytes`));
  });

  test('is tried with keys enough to find a sign that is rarely there', () => {
    const signed: HashFunction = (bytes, start, end) => {
      let hash = 0x811c9dc5 | 0;
      for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i], 0x01000193);
      return hash;
    };
    expect(check('hash', signed)).toThrow(/returned -\d+ for a key of \d+ bytes$/);
  });

  test('must not throw', () => {
    const picky: HashFunction = (_, start, end) => {
      if (end - start > 16) throw new RangeError('too long');
      return 1;
    };
    expect(check('hash', picky)).toThrow(
      expect.objectContaining({
        code: 'SHARDMUX_PLUGIN_FAILED',
        message: `${WHO} cannot hash a key of 17 bytes: too long`,
        cause: expect.any(RangeError),
      }),
    );
  });

  test.each<[string, unknown]>([
    ['undefined', undefined],
    ['one without', { hash: () => 1 }],
    ['a promise of it', Promise.resolve(() => 1)],
  ])('must be a function, and not %s', (found, part) => {
    expect(check('hash', part)).toThrow(broken(`must create a function, and created ${found}`));
  });
});

const nothing = () => {};
const calls = ['start', 'stop', 'get', 'list', 'compareAndSet', 'compareAndDelete', 'lease'];
const store = Object.fromEntries(calls.map((name) => [name, nothing]));

test.each<[PluginKind, unknown, string]>([
  ['distribution', { build: 5 }, 'build (function)'],
  ['topology', { start: nothing }, 'stop (function)'],
  ['topology', {}, 'start (function), stop (function)'],
  ['failover', { failed: null }, 'failed (function)'],
  ['reads', { choose: nothing, usesReplicas: true }, 'followsWrites (boolean)'],
  ['transport', { connect: nothing, listen: nothing }, 'flush (function or null)'],
  [
    'transport',
    { connect: nothing, listen: nothing, flush: null, preferences: null },
    'preferences (object or undefined)',
  ],
  ['coordination', { ...store, watch: null }, 'isShared (boolean), watch (function)'],
  ['telemetry', { observe: nothing }, 'stop (function)'],
])('a %s without what the engine calls', (kind, part, missing) => {
  expect(check(kind, part)).toThrow(broken(`must create an object with ${missing}, and created one without`));
});

test('a codec without what the engine calls', () => {
  expect(check('codec', { createDecoder: nothing, probe: 'PING' })).toThrow(
    /with createFramer \(function\), .*splitter \(object\), .*probe \(object\), .*, and created one without$/,
  );
});

test('members may be inherited, and a function that may be missing is null', () => {
  class Source {
    start(): void {}
    stop(): void {}
  }
  expect(check('topology', new Source())).not.toThrow();
  for (const flush of [null, nothing]) {
    for (const others of [{}, { preferences: undefined }, { preferences: {} }]) {
      expect(check('transport', { connect: nothing, listen: nothing, flush, ...others })).not.toThrow();
    }
  }
});

test.each<[string, unknown]>([
  ['null', null],
  ['a promise of it', Promise.resolve({ start: nothing, stop: nothing })],
])('%s is no topology', (found, part) => {
  expect(check('topology', part)).toThrow(
    broken(`must create an object with start (function), stop (function), and created ${found}`),
  );
});
