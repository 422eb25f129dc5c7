import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { AppFolder } from './app-folder.js';
import { publicPackages, ROOT } from './tarballs.js';

const OWN_SOURCE = /'(\.\.\/)+src\/index\.js'/g;

/** What an installed package has under `plugins`. */
export interface OfficialPlugin {
  readonly packageName: string;
  readonly kind: string;
  readonly name: string;
}

interface Report {
  /** One per file: its path, and its tests. */
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly {
      readonly ancestorTitles: readonly string[];
      readonly status: string;
    }[];
  }[];
}

/** All plugins of the packages, as they are installed in the folder of an app. */
export async function officialPlugins(
  app: AppFolder,
  packages: readonly string[],
): Promise<OfficialPlugin[]> {
  const script = `const plugins = process.argv.slice(1).flatMap((packageName) =>
    (require(packageName).plugins ?? []).map(({ kind, name }) => ({ packageName, kind, name })));
  console.log(JSON.stringify(plugins));`;
  return JSON.parse(await app.run(process.execPath, '-e', script, ...packages)) as OfficialPlugin[];
}

/**
 * Runs the suites of plugins in the folder of an app, where they find the installed packages in place of the
 * sources.
 *
 * @returns how many promises a plugin has kept there.
 * @throws where one is broken.
 */
export async function runSuites(
  app: AppFolder,
  plugins: readonly OfficialPlugin[],
): Promise<(plugin: OfficialPlugin) => number> {
  symlinkSync(join(ROOT, 'node_modules/vitest'), join(app.path, 'node_modules/vitest'));
  for (const { name, folder } of publicPackages) {
    const hasPlugins = plugins.some(({ packageName }) => packageName === name);
    if (hasPlugins) copyTests(join(folder, 'test'), suitesOf(app, name), name);
  }
  const file = join(app.path, 'report.json');
  await app.run(
    process.execPath,
    join(ROOT, 'node_modules/vitest/vitest.mjs'),
    ...['run', '--root', app.path, 'conformance.test.ts', '--testTimeout=60000', '--maxWorkers=1'],
    ...['--reporter=default', '--reporter=json', `--outputFile.json=${file}`],
  );
  const { testResults } = JSON.parse(readFileSync(file, 'utf8')) as Report;
  return ({ packageName, name }) =>
    testResults
      .filter((result) => result.name.startsWith(join(suitesOf(app, packageName), '/')))
      .flatMap(({ assertionResults }) => assertionResults)
      .filter(({ ancestorTitles: [title], status }) => title === titleOf(name) && status === 'passed').length;
}

/** Of what vitest makes of `$name`. */
function titleOf(name: string): string {
  return `'${name}'`;
}

function suitesOf(app: AppFolder, packageName: string): string {
  return join(app.path, 'suites', basename(packageName));
}

function copyTests(from: string, to: string, packageName: string): void {
  const files = readdirSync(from, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  for (const file of files) {
    const source = readFileSync(join(from, file), 'utf8').replace(OWN_SOURCE, `'${packageName}'`);
    const target = join(to, file);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, source);
  }
}
