import { expect, test } from 'vitest';
import { API_VERSION, checkPlugin, definePlugin, PLUGIN_KINDS } from '../src/plugin.js';

const definition = {
  kind: 'hash',
  name: 'mine',
  apiVersion: API_VERSION,
  create: () => () => 0,
} as const;

/** What another copy of this package makes: the brand is the same, whatever else is different. */
function foreign(changes: object): object {
  return { ...definition, ...changes, [Symbol.for('shardmux.plugin')]: true };
}

const refusal = (message: string) => expect.objectContaining({ code: 'SHARDMUX_PLUGIN_INVALID', message });

test('a plugin of another copy of this package is one', () => {
  for (const kind of PLUGIN_KINDS) expect(() => checkPlugin(foreign({ kind }), 'pack')).not.toThrow();
});

test('a definition becomes a plugin that cannot be changed', () => {
  const plugin = definePlugin(definition);
  expect(() => checkPlugin(plugin, 'here')).not.toThrow();
  expect(Object.isFrozen(plugin)).toBe(true);
});

test.each([
  ['nothing', undefined],
  ['a function', () => 0],
  ['a definition that nobody made a plugin', definition],
])('%s is not a plugin', (_, value) => {
  expect(() => checkPlugin(value, 'plugins[2]')).toThrow(
    refusal('plugins[2]: not a plugin: it must be made by definePlugin of @shardmux/plugin-api'),
  );
});

test.each([
  [
    'a newer API',
    { apiVersion: API_VERSION + 1 },
    'pack: hash plugin "mine" is written for version 2 of the plugin API, and this shardmux has 1: ' +
      'npm install shardmux@latest, or install a release of pack for @shardmux/plugin-api 0.x',
  ],
  [
    'a newer API, whatever else it brings',
    { apiVersion: API_VERSION + 1, kind: 'cache', name: 7 },
    'pack: cache plugin 7 is written for version 2 of the plugin API, and this shardmux has 1: ' +
      'npm install shardmux@latest, or install a release of pack for @shardmux/plugin-api 0.x',
  ],
  [
    'an older API',
    { apiVersion: API_VERSION - 1 },
    'pack: hash plugin "mine" is written for version 0 of the plugin API, and this shardmux has 1: ' +
      'install a release of pack for @shardmux/plugin-api 0.x',
  ],
  [
    'no API',
    { apiVersion: undefined },
    'pack: hash plugin "mine" must state its apiVersion: API_VERSION of @shardmux/plugin-api',
  ],
  [
    'a kind that there is not',
    { kind: 'hsah' },
    `pack: hsah plugin "mine" is of an unknown kind: it must be one of ${PLUGIN_KINDS.join(', ')}`,
  ],
  [
    'a path that is no list of options',
    { paths: 'path' },
    'pack: hash plugin "mine" must have a list of names of options as its paths',
  ],
  [
    'no name',
    { name: '' },
    'pack: hash plugin "" must have a name of lower-case letters, digits, "-" and "_"',
  ],
  [
    'a name that a configuration could take for a path',
    { name: './mine' },
    'pack: hash plugin "./mine" must have a name of lower-case letters, digits, "-" and "_"',
  ],
  ['nothing to create', { create: 5 }, 'pack: hash plugin "mine" must have a function "create"'],
  [
    'a schema of another standard',
    { optionsSchema: { parse: () => 0 } },
    'pack: hash plugin "mine" must have a Standard Schema as its optionsSchema (of zod, valibot, arktype, or by hand)',
  ],
])('a plugin with %s is refused', (_, changes, message) => {
  expect(() => checkPlugin(foreign(changes), 'pack')).toThrow(refusal(message));
});

test('definePlugin refuses the same', () => {
  expect(() => definePlugin({ ...definition, name: 'Mine' })).toThrow(
    refusal('the plugin: hash plugin "Mine" must have a name of lower-case letters, digits, "-" and "_"'),
  );
});
