import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './run.js';

export const ROOT = join(import.meta.dirname, '../../..');

/** A package as `npm publish` would send it. */
export interface Tarball {
  readonly name: string;
  /** The path of the tarball. */
  readonly path: string;
  /** What is inside, as paths relative to the package. */
  readonly files: readonly string[];
}

/** A public package of this repository. */
export interface PublicPackage {
  readonly name: string;
  /** Its absolute path. */
  readonly folder: string;
  readonly exports?: { readonly '.': Readonly<Record<string, unknown>> };
}

export const publicPackages: readonly PublicPackage[] = ['packages', 'plugins']
  .flatMap((group) => readdirSync(join(ROOT, group)).map((name) => join(ROOT, group, name)))
  .map((folder) => ({ folder, ...JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) }))
  .filter((manifest) => manifest.private !== true);

/** Packs every public package, as it was built last. */
export async function packAll(destination: string): Promise<Tarball[]> {
  const names = publicPackages.flatMap(({ name }) => ['--workspace', name]);
  return pack(names, destination);
}

/** Packs one package that is not of the workspace. */
export async function packFolder(folder: string, destination: string): Promise<Tarball> {
  return (await pack([folder], destination))[0];
}

interface PackReport {
  readonly name: string;
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

async function pack(which: readonly string[], destination: string): Promise<Tarball[]> {
  const flags = ['--json', '--ignore-scripts', '--pack-destination', destination];
  const output = await run('npm', ['pack', ...which, ...flags], ROOT);
  return (JSON.parse(output) as PackReport[]).map(({ name, filename, files }) => ({
    name,
    path: join(destination, filename),
    files: files.map(({ path }) => path),
  }));
}
