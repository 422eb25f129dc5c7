import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { API_VERSION, definePlugin, type PluginKind } from '@shardmux/plugin-api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { locatePlugin } from '../../src/config/locate-plugin.js';
import { officialPlugins, withPlugins } from '../../src/plugins/official.js';
import { moduleSource, PluginFolder } from '../support/plugin-folder.js';

let folder: PluginFolder;

beforeAll(() => {
  folder = new PluginFolder();
});

afterAll(() => folder.remove());

const locate = (use: string, kind: PluginKind = 'hash') =>
  locatePlugin(kind, use, { registry: officialPlugins, folder: folder.path });

/** What is said of a reference that leads nowhere. */
const refusal = (code: string, message: RegExp) =>
  expect.objectContaining({ code: `SHARDMUX_PLUGIN_${code}`, message: expect.stringMatching(message) });

test('an official name stays a name, whatever is installed', () => {
  folder.writePackage('shardmux-plugin-hash-md5', moduleSource('hash', ['md5']));
  expect(locate('md5')).toEqual({ use: 'md5', plugin: officialPlugins.find('hash', 'md5') });
});

test('a plugin given in code goes before a package', () => {
  folder.writePackage('shardmux-plugin-hash-given', moduleSource('hash', ['given']));
  const given = definePlugin({ kind: 'hash', name: 'given', apiVersion: API_VERSION, create: () => () => 2 });
  const scope = { registry: withPlugins([given]), folder: folder.path };
  expect(locatePlugin('hash', 'given', scope)).toEqual({ use: 'given', plugin: given });
  expect(locatePlugin('hash', 'md5', scope).use).toBe('md5');
});

test.each([
  ['a short name', 'xxh3', 'shardmux-plugin-hash-xxh3', ['xxh3'], 'xxh3'],
  ['a short name of a package with several', 'fast', 'shardmux-plugin-hash-fast', ['slow', 'fast'], 'fast'],
  ['a short name whose only plugin has another', 'city', 'shardmux-plugin-hash-city', ['city64'], 'city64'],
  ['a package', 'shardmux-city', 'shardmux-city', ['city'], 'city'],
  ['a package with a scope', '@acme/shardmux-fancy', '@acme/shardmux-fancy', ['fancy'], 'fancy'],
  ['one of a package with several', '@acme/hashes#b', '@acme/hashes', ['a', 'b', 'c'], 'b'],
])('%s', (_, use, packageName, names, expected) => {
  const file = folder.writePackage(packageName, moduleSource('hash', names));
  const { use: located, plugin } = locate(use);
  expect(plugin.name).toBe(expected);
  expect(located).toBe(`${pathToFileURL(file).href}#${expected}`);
  expect(officialPlugins.find('hash', located)).toBe(plugin);
});

test.each([
  ['relative to the folder', () => './near.js'],
  ['above the folder', () => `../${folder.path.split('/').at(-1)}/near.js`],
  ['absolute', () => join(folder.path, 'near.js')],
  ['a URL', () => pathToFileURL(join(folder.path, 'near.js')).href],
  ['with a name', () => './near.js#near'],
])('a path %s', (_, use) => {
  const file = folder.write('near.js', moduleSource('hash', ['near']));
  expect(locate(use()).use).toBe(`${pathToFileURL(file).href}#near`);
});

test('the path of a file whose name has blanks and a #', () => {
  const file = folder.write('a #1 hash.mjs', moduleSource('hash', ['odd']));
  const { use, plugin } = locate(pathToFileURL(file).href);
  expect(officialPlugins.find('hash', use)).toBe(plugin);
});

test('a module may be CommonJS, or have its plugin as its default', () => {
  const load = "const { API_VERSION, definePlugin } = require('@shardmux/plugin-api');";
  const define = "definePlugin({ kind: 'hash', name: 'x', apiVersion: API_VERSION, create: () => () => 1 })";
  folder.write('exports.cjs', `${load} module.exports = ${define};`);
  folder.write('list.cjs', `${load} exports.plugins = [${define}];`);
  folder.write(
    'default.mjs',
    `import { API_VERSION, definePlugin } from '@shardmux/plugin-api'; export default ${define};`,
  );
  for (const file of ['exports.cjs', 'list.cjs', 'default.mjs'])
    expect(locate(`./${file}`).plugin.name).toBe('x');
});

test('packages are looked for from the working directory too', () => {
  // The repository has them there, and the temporary folder has not.
  expect(locate('@shardmux/plugin-hash-twemproxy#crc16').plugin.name).toBe('crc16');
});

test('what is not there is said with what there is, what is close, and what to install', () => {
  expect(() => locate('murmer')).toThrow(
    refusal(
      'UNKNOWN',
      /^hash plugin "murmer" must be one of codis, .*, a package \(npm install shardmux-plugin-hash-murmer\); did you mean murmur\?$/,
    ),
  );
  expect(() => locate('@acme/absent/sub#x')).toThrow(refusal('UNKNOWN', /\(npm install @acme\/absent\)$/));
  expect(() => locate('Fancy Hash')).toThrow(
    refusal('UNKNOWN', /^hash plugin "Fancy Hash" must be one of .*, xxh32$/),
  );
  expect(() => locate('./absent.js')).toThrow(
    refusal('UNKNOWN', /must be the path of a module: Cannot find module '.*\/absent.js'$/),
  );
  expect(() => locate('file://host/x.js')).toThrow(refusal('UNKNOWN', /must be the path of a module: /));
});

test('a module of Node is no package', () => {
  expect(() => locate('crypto')).toThrow(refusal('UNKNOWN', /npm install shardmux-plugin-hash-crypto/));
  expect(() => locate('node:crypto')).toThrow(refusal('UNKNOWN', /must be one of/));
});

test.each([
  [
    'throws',
    'throw new Error("no seed left\\nsecond line");',
    /loaded: .*\/broken.mjs: Error: no seed left$/,
  ],
  ['does not parse', 'export const = ;', /loaded: .*\/broken.mjs: SyntaxError: /],
  ['needs a package that is not installed', 'import "not-there";', /Cannot find package 'not-there'/],
  ['waits', 'await null; export default 1;', /broken.mjs: it has a top-level await$/],
  [
    'exports no plugin',
    'export const hash = () => 1;',
    /must be a module with a hash plugin: .*\/broken.mjs has none$/,
  ],
  ['has none', 'export const plugins = [];', /has none$/],
  [
    'has one of another kind',
    moduleSource('failover', ['gentle']),
    /with a hash plugin: .* has the failover plugin "gentle"$/,
  ],
])('a module that %s', (title, source, message) => {
  // A module is loaded once, so each case has a file of its own.
  folder.write(`${title}/broken.mjs`, source);
  expect(() => locate(`./${title}/broken.mjs`)).toThrow(refusal('LOAD', message));
});

test('what a module threw is the cause', () => {
  folder.write('throws.mjs', 'throw new RangeError("too much");');
  expect(() => locate('./throws.mjs')).toThrow(
    expect.objectContaining({ cause: expect.objectContaining({ name: 'RangeError' }) }),
  );
});

test('packages that cannot be entered', () => {
  folder.writePackage('unbuilt', '', { exports: './dist/index.js' });
  expect(() => locate('unbuilt')).toThrow(
    refusal('LOAD', /can be loaded: Cannot find module '.*dist\/index.js'$/),
  );
  folder.writePackage('import-only', '', { exports: { import: './main.js' } });
  expect(() => locate('import-only')).toThrow(
    refusal('LOAD', /No "exports" main .* for require: name a "default"$/),
  );
});

test('values that are no plugin of this API', () => {
  folder.write('value.mjs', 'export const plugins = [42];');
  expect(() => locate('./value.mjs')).toThrow(
    refusal('INVALID', /\/value.mjs: not a plugin: it must be made by/),
  );
  const brand = "[Symbol.for('shardmux.plugin')]: true";
  folder.write('future.mjs', `export default { kind: 'hash', name: 'x', apiVersion: 99, ${brand} };`);
  expect(() => locate('./future.mjs')).toThrow(
    refusal('INVALID', /version 99 .*: npm install shardmux@latest, or/),
  );
  const old = `export default { kind: 'hash', name: 'x', apiVersion: 0, ${brand} };`;
  folder.writePackage('@acme/old-hash', old);
  expect(() => locate('@acme/old-hash')).toThrow(
    refusal(
      'INVALID',
      /^@acme\/old-hash: hash plugin "x" .*: install a release of @acme\/old-hash for @shardmux\/plugin-api 0.x$/,
    ),
  );
});

test('several plugins of the kind: one must be meant, and each have a name of its own', () => {
  folder.write('several.mjs', moduleSource('hash', ['a', 'b']));
  expect(() => locate('./several.mjs')).toThrow(
    refusal('UNKNOWN', /^hash plugin ".\/several.mjs" must be one of .\/several.mjs#a, .\/several.mjs#b$/),
  );
  expect(() => locate('./several.mjs#c')).toThrow(refusal('UNKNOWN', /must be one of .\/several.mjs#a, /));
  folder.write('twice.mjs', moduleSource('hash', ['a', 'a']));
  expect(() => locate('./twice.mjs#a')).toThrow(refusal('DUPLICATE', /twice.mjs has a, a$/));
});

test.each(['distribution', 'topology', 'failover', 'reads', 'codec', 'transport', 'telemetry'] as const)(
  'a %s plugin is found in the same ways',
  (kind) => {
    folder.writePackage(`shardmux-plugin-${kind}-mine`, moduleSource(kind, ['mine']));
    folder.write(`${kind}.js`, moduleSource(kind, ['near']));
    expect(locate('mine', kind).plugin).toMatchObject({ kind, name: 'mine' });
    expect(locate(`./${kind}.js`, kind).plugin).toMatchObject({ kind, name: 'near' });
  },
);
