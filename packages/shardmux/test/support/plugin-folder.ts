import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { TemporaryFolder } from '@shardmux/testing';

const API = join(import.meta.dirname, '../../../plugin-api');

/** A folder as a user has it: modules, and packages that are installed. */
export class PluginFolder {
  readonly #folder = new TemporaryFolder();

  constructor() {
    this.install('@shardmux/plugin-api', API);
  }

  get path(): string {
    return this.#folder.path;
  }

  /** @returns the path of the file written. */
  write(name: string, content: string): string {
    const path = join(this.path, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    return path;
  }

  /** A package of one module. @returns the module's path. */
  writePackage(name: string, code: string, manifest: object = { exports: './main.js' }): string {
    this.write(
      join('node_modules', name, 'package.json'),
      JSON.stringify({ name, type: 'module', ...manifest }),
    );
    return this.write(join('node_modules', name, 'main.js'), code);
  }

  /** Installs a package that lies elsewhere, as `npm link` does. */
  install(name: string, path: string): void {
    const link = join(this.path, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(path, link);
  }

  remove(): void {
    this.#folder.remove();
  }
}

/** The source of a module with plugins of one kind, all alike. */
export function moduleSource(kind: string, names: readonly string[], create = '() => () => 1'): string {
  const definitions = names.map(
    (name) =>
      `definePlugin({ kind: '${kind}', name: '${name}', apiVersion: API_VERSION, create: ${create} })`,
  );
  return `import { API_VERSION, definePlugin } from '@shardmux/plugin-api';
export const plugins = [${definitions.join(', ')}];
`;
}
