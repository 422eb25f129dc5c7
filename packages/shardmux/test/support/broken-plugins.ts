import { freePort } from '@shardmux/testing';
import { moduleSource, type PluginFolder } from './plugin-folder.js';

/** The code is for `create`; the message is what is said behind the plugin's name. */
export type BrokenPlugin = readonly [flaw: string, kind: string, create: string, message: RegExp];

/** Those that keep a pool from starting. */
export const brokenPlugins: readonly BrokenPlugin[] = [
  ['throws', 'hash', "() => { throw new Error('no seed left'); }", /cannot be created: no seed left$/],
  ['is created later', 'hash', 'async () => () => 1', /must create a function, and created a promise of it$/],
  [
    'gives signed hashes',
    'hash',
    '() => () => -1',
    /must return unsigned 32-bit integers \(value >>> 0\), and/,
  ],
  [
    'throws at a key',
    'hash',
    '() => () => { throw new Error("no key"); }',
    /cannot hash a key of 1 bytes: no key$/,
  ],
  ['has nothing', 'failover', '() => ({})', /must create an object with failed \(function\)/],
  [
    'locates keys nowhere',
    'distribution',
    "() => ({ build: () => ({ splitBy: 'node', partitions: 1, partition: () => 0, locate: (h) => h % 3 }) })",
    /must locate hash \d+ at one of 2 nodes, not at 2$/,
  ],
  [
    'cannot build',
    'distribution',
    "() => ({ build: () => { throw new Error('too few points'); } })",
    /cannot be built for 2 nodes: too few points$/,
  ],
  [
    'knows no words',
    'codec',
    `() => ({
      ...Object.fromEntries(['createFramer', 'createReader', 'handshake', 'createDecoder', 'errorCode', 'failureReply'].map((name) => [name, () => {}])),
      splitter: {}, merger: {}, encoder: {}, probe: new Uint8Array(1), createRealm: () => { throw new Error('speechless'); },
    })`,
    /cannot create a realm: speechless$/,
  ],
  [
    'watches nothing',
    'telemetry',
    '() => ({ observe: () => ({}), stop: async () => {} })',
    /must create an object with/,
  ],
  [
    'cannot start',
    'topology',
    "() => ({ start: async () => { throw new Error('no answer'); }, stop: async () => {} })",
    /cannot start: no answer$/,
  ],
  [
    'gives no node',
    'topology',
    '() => ({ start: async (to) => to.changed({ epoch: 1, nodes: [] }), stop: async () => {} })',
    /must deliver at least one node$/,
  ],
  [
    'leaves open what it has opened',
    'topology',
    "() => ({ start: async () => { setInterval(() => {}, 9); throw new Error('no answer'); }, stop: async () => {} })",
    /cannot start: no answer$/,
  ],
];

export function brokenPlugin(flaw: string): BrokenPlugin {
  const found = brokenPlugins.find(([each]) => each === flaw);
  if (found === undefined) throw new Error(`no plugin ${flaw}`);
  return found;
}

let modules = 0;

/** How an error begins: whose plugin it is, and where it came from. */
export function who(kind: string): string {
  return `pool "alpha": ${kind} plugin "mine" \\(file:///.*\\.js#mine\\) `;
}

/** Writes a configuration of one pool whose plugin of a kind is a module with this code for `create`. @returns its path. */
export async function configWith(
  folder: PluginFolder,
  kind: string,
  create: string,
  top = '',
): Promise<string> {
  // A module is loaded once, so each has a file of its own.
  const file = `plugin-${modules++}.js`;
  folder.write(file, moduleSource(kind, ['mine'], create));
  const lines = [
    `${top}stats: { listen: null }`,
    'pools:',
    '  alpha:',
    `    listen: 127.0.0.1:${await freePort()}`,
    `    ${kind}: ./${file}`,
    ...(kind === 'topology' ? [] : ['    servers: [127.0.0.1:1:1 one, 127.0.0.1:2:1 two]']),
  ];
  return folder.write('config.yml', lines.join('\n'));
}
