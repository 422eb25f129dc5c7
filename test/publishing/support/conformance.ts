import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { AppFolder } from './app-folder.js';
import { publicPackages, ROOT } from './tarballs.js';

const OWN_SOURCE = /'\.\.\/src\/index\.js'/g;

/**
 * Puts the conformance tests of all official plugins, the codec's among them, into the folder of an app, where they
 * find the installed packages in place of the sources.
 *
 * @returns their names.
 * @throws where a plugin has none.
 */
export function prepareSuites(app: AppFolder): string[] {
  symlinkSync(join(ROOT, 'node_modules/vitest'), join(app.path, 'node_modules/vitest'));
  mkdirSync(join(app.path, 'suites'));
  const plugins = publicPackages.filter(({ name }) => /^@shardmux\/(plugin-(?!api)|resp$)/.test(name));
  return plugins.flatMap(({ name, folder }) => {
    const tests = join(folder, 'test');
    const files = existsSync(tests)
      ? readdirSync(tests).filter((file) => /conformance\.test\.ts$/.test(file))
      : [];
    if (files.length === 0) throw new Error(`${name} is not held to the suite of its kind`);
    return files.map((file) => {
      const source = readFileSync(join(tests, file), 'utf8').replace(OWN_SOURCE, `'${name}'`);
      if (source.includes("'../")) throw new Error(`${name}: ${file} tests what is not exported`);
      const target = `suites/${basename(folder)}-${file}`;
      app.write(target, source);
      return target;
    });
  });
}
