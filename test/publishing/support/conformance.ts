import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { publicPackages, ROOT } from './tarballs.js';

const SUITE = /conformance\.test\.ts$/;
const OWN_SOURCE = /'(\.\.\/)+src\/index\.js'/g;

/**
 * Puts the tests of all official plugins, the codec's among them, into the folder of an app, where they find the
 * installed packages in place of the sources.
 *
 * @returns the files that hold a plugin to the suite of its kind.
 * @throws where a plugin has none.
 */
export function prepareSuites(app: string): string[] {
  symlinkSync(join(ROOT, 'node_modules/vitest'), join(app, 'node_modules/vitest'));
  const plugins = publicPackages.filter(({ name }) => /^@shardmux\/(plugin-(?!api)|resp$)/.test(name));
  return plugins.flatMap(({ name, folder }) => {
    const copied = copyTests(join(folder, 'test'), join(app, 'suites', basename(folder)), name);
    const suites = copied.filter((file) => SUITE.test(file));
    if (suites.length === 0) throw new Error(`${name} is not held to the suite of its kind`);
    return suites;
  });
}

function copyTests(from: string, to: string, packageName: string): string[] {
  const files = readdirSync(from, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  return files.map((file) => {
    const source = readFileSync(join(from, file), 'utf8').replace(OWN_SOURCE, `'${packageName}'`);
    const target = join(to, file);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, source);
    return target;
  });
}
