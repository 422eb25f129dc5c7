import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

/**
 * The house's one rule: imports point one way. Each package.json is the fence; this test walks along it.
 */
const root = join(import.meta.dirname, '..');
const API = '@shardmux/plugin-api';

/** What stores that reach servers are made of. */
const STORE_PARTS = [
  '@shardmux/config-file',
  '@shardmux/plugin-coordination-embedded',
  '@shardmux/plugin-topology-file',
];

/** What a package may depend on within the workspace; plugins may use the contracts, and one another by name. */
const ALLOWED: Record<string, readonly string[] | 'anything'> = {
  [API]: [],
  '@shardmux/core': [API],
  '@shardmux/resp': [API],
  '@shardmux/conformance': [API],
  '@shardmux/testing': [API],
  '@shardmux/config-file': [API],
  '@shardmux/client': [API, '@shardmux/core'],
  '@shardmux/proxy': [API, '@shardmux/core'],
  '@shardmux/bench': [API, '@shardmux/testing'],
  '@shardmux/plugin-failover-promotion': [API, '@shardmux/config-file'],
  '@shardmux/plugin-topology-file': [API, '@shardmux/config-file'],
  '@shardmux/plugin-topology-redis-cluster': [
    API,
    '@shardmux/plugin-topology-file',
    '@shardmux/plugin-transport-tcp',
  ],
  '@shardmux/plugin-topology-sentinel': [API, '@shardmux/config-file', '@shardmux/plugin-topology-file'],
  '@shardmux/plugin-coordination-etcd': [API, ...STORE_PARTS],
  '@shardmux/plugin-coordination-zookeeper': [API, ...STORE_PARTS],
  '@shardmux/plugin-transport-ioredis': [API, '@shardmux/plugin-transport-tcp'],
  shardmux: 'anything',
};

interface Manifest {
  readonly name: string;
  readonly dependencies?: Record<string, string>;
  readonly peerDependencies?: Record<string, string>;
}

interface Package {
  readonly name: string;
  readonly dependencies: readonly string[];
  readonly files: readonly { readonly path: string; readonly imports: readonly string[] }[];
}

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s[^;]*?from\s*'([^']+)'|import\('([^']+)'\)|(?:^|\n)import\s*'([^']+)'/g;

function sourceFiles(folder: string): Package['files'] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => {
      const text = readFileSync(join(folder, path), 'utf8');
      return { path, imports: [...text.matchAll(IMPORT)].map((match) => match[1] ?? match[2] ?? match[3]) };
    });
}

const packages: Package[] = ['packages', 'plugins'].flatMap((group) =>
  readdirSync(join(root, group)).map((folder) => {
    const at = join(root, group, folder);
    const manifest = JSON.parse(readFileSync(join(at, 'package.json'), 'utf8')) as Manifest;
    const dependencies = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
    return { name: manifest.name, dependencies, files: sourceFiles(join(at, 'src')) };
  }),
);

const ownNames = new Set(packages.map((each) => each.name));

test('there are packages to look at', () => {
  expect(packages.length).toBeGreaterThanOrEqual(12);
  for (const each of packages) expect(each.files.length, each.name).toBeGreaterThan(0);
});

test.each(packages)('$name depends on what its floor allows', ({ name, dependencies }) => {
  const allowed = ALLOWED[name] ?? [API];
  if (allowed === 'anything') return;
  expect(dependencies.filter((each) => ownNames.has(each) && !allowed.includes(each))).toEqual([]);
});

test.each(packages)(
  '$name imports nothing that its package.json does not name',
  ({ dependencies, files }) => {
    const foreign = files.flatMap(({ path, imports }) =>
      imports
        .filter((specifier) => !specifier.startsWith('.') && !specifier.startsWith('node:'))
        .map((specifier) =>
          specifier
            .split('/')
            .slice(0, specifier.startsWith('@') ? 2 : 1)
            .join('/'),
        )
        .filter((dependency) => !dependencies.includes(dependency))
        .map((dependency) => `${path} imports ${dependency}`),
    );
    expect(foreign).toEqual([]);
  },
);

test.each(packages)('$name has no circle of imports, be it of types', ({ files }) => {
  expect(inCircles(files)).toEqual([]);
});

/** Takes away what imports nothing that is left, or is imported by nothing that is left, as long as there is any. */
function inCircles(files: Package['files']): string[] {
  let left = files.map(({ path, imports }) => ({
    path,
    imports: imports
      .filter((specifier) => specifier.startsWith('.'))
      .map((specifier) => join(dirname(path), specifier).replace(/\.js$/, '.ts')),
  }));
  for (let before = -1; before !== left.length; ) {
    before = left.length;
    const paths = new Set(left.map(({ path }) => path));
    const imported = new Set(left.flatMap(({ imports }) => imports));
    left = left.filter(({ path, imports }) => imported.has(path) && imports.some((each) => paths.has(each)));
  }
  return left.map(({ path }) => path);
}

test.each(packages)('$name says node: where it means Node', ({ files }) => {
  const bare = files.flatMap(({ path, imports }) =>
    imports
      .filter((specifier) => builtinModules.includes(specifier))
      .map((specifier) => `${path}: ${specifier}`),
  );
  expect(bare).toEqual([]);
});

test('tsyringe is known to the batteries alone', () => {
  const users = packages.filter((each) => each.dependencies.includes('tsyringe')).map((each) => each.name);
  expect(users).toEqual(['shardmux']);
});
