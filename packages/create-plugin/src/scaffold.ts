import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { folderFault, kindFault, nameFault, type PluginRequest, packageName } from './plugin-request.js';
import { ScaffoldError } from './scaffold-error.js';

/** A package that was made. */
export interface Scaffold {
  readonly packageName: string;
  /** An absolute path. */
  readonly folder: string;
  /** Relative to the folder, sorted. */
  readonly files: readonly string[];
}

const TEMPLATES = fileURLToPath(new URL('../templates', import.meta.url));
/** Under their own names npm leaves the one out of our package, and tools take the other for a package's. */
const RENAMED = new Map([
  ['gitignore', '.gitignore'],
  ['manifest.json', 'package.json'],
]);
/** Goes into the README. */
const USAGE = 'usage.yml';

/** What a kind's template builds upon. */
const FOUNDATIONS: Readonly<Partial<Record<string, string>>> = {
  transport: '@shardmux/plugin-transport-tcp',
  codec: '@shardmux/resp',
  coordination: '@shardmux/plugin-coordination-embedded',
};

/**
 * Makes a package for a plugin: a small one of the kind that works, with its suite.
 *
 *   templates/common, templates/KIND ──► names filled in ──► folder
 *
 * @throws {ScaffoldError} for what cannot be made; {Error} of the system where a file cannot be written.
 */
export function scaffold({ kind, name, folder }: PluginRequest): Scaffold {
  const faults = [
    ['kind', kind, kindFault(kind)],
    ['name', name, nameFault(name)],
    ['folder', folder, folderFault(folder)],
  ].filter(([, , fault]) => fault !== undefined);
  if (faults.length > 0) {
    throw new ScaffoldError(faults.map(([what, value, fault]) => `${what} "${value}" ${fault}`).join('\n'));
  }
  const files = new Map([...templateFiles('common'), ...templateFiles(kind)]);
  const usage = files.get(USAGE)!.trimEnd();
  files.delete(USAGE);
  for (const [path, template] of files) {
    const text = template.replace('my-usage', usage).replaceAll('my-kind', kind).replaceAll('my-thing', name);
    write(join(folder, path), path === 'package.json' ? withDependencies(text, kind) : text);
  }
  return { packageName: packageName(kind, name), folder: resolve(folder), files: [...files.keys()].sort() };
}

function templateFiles(template: string): [path: string, text: string][] {
  const root = join(TEMPLATES, template);
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(join(root, path)).isFile())
    .map((path) => [RENAMED.get(path) ?? path, readFileSync(join(root, path), 'utf8')]);
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** The releases that a package builds on are those that this one was tested with. */
function withDependencies(manifest: string, kind: string): string {
  const own = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  const { dependencies, devDependencies } = JSON.parse(own) as Record<string, Record<string, string>>;
  const tested = { ...devDependencies, ...dependencies };
  const ranges = (...names: readonly string[]) =>
    Object.fromEntries(names.map((name) => [name, `^${tested[name]}`]));
  const foundation = FOUNDATIONS[kind];
  const whole = {
    ...(JSON.parse(manifest) as object),
    ...(foundation === undefined ? {} : { dependencies: ranges(foundation) }),
    peerDependencies: ranges('@shardmux/plugin-api'),
    devDependencies: ranges('@shardmux/conformance', '@shardmux/plugin-api', '@types/node', 'typescript'),
  };
  return `${JSON.stringify(whole, null, 2)}\n`;
}
