// Makes the CommonJS twin of the package in whose folder it runs, after the compiler; docs/adr/0010 says who loads it.
//
//   dist/**/*.js ──► dist/index.cjs      the package alone: what it imports is required
//                    dist/index.d.cts    the same declarations
import { readFileSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { build } from 'esbuild';

const OUT = 'dist';

/** Every module keeps its own URL, so that what it finds beside itself stays where it is. */
const importMetaUrl = {
  name: 'import-meta-url',
  setup({ onLoad }) {
    onLoad({ filter: /\.js$/ }, ({ path }) => {
      const url = `__moduleUrl('${relative(OUT, path)}')`;
      return { contents: readFileSync(path, 'utf8').replaceAll('import.meta.url', url) };
    });
  },
};
const moduleUrl = `const __moduleUrl = (path) =>
  require('node:url').pathToFileURL(require('node:path').join(__dirname, path)).href;`;

const { warnings } = await build({
  entryPoints: [`${OUT}/index.js`],
  outfile: `${OUT}/index.cjs`,
  bundle: true,
  packages: 'external',
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  plugins: [importMetaUrl],
  banner: { js: moduleUrl },
  logLevel: 'warning',
});
writeFileSync(`${OUT}/index.d.cts`, "export * from './index.js';\n");
if (warnings.length > 0) process.exitCode = 1;
