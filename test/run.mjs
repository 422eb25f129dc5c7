// npm test [-- FILTER …]: installs, builds, lints, type-checks, then runs all tests, or those whose path matches.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build, ensureDependencies, ensureServers, root } from '../packages/testing/bootstrap.mjs';

const filters = process.argv.slice(2);
const reportFile = join(root, 'node_modules/.cache/test-report.json');
let passed = 0;
let failed = 0;

if (check('build', prepare)) {
  check('lint', () => tool('biome', 'check', '.'));
  check('type-check', () => tool('tsc', '-p', 'tsconfig.test.json'));
  check('manifests', () => tool('sherif'));
  check('what nobody uses', () => tool('knip', '--no-progress', '--treat-config-hints-as-errors'));
  check('API reports', () => runs(process.execPath, 'scripts/api-report.mjs'));
  runTests();
}
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

function prepare() {
  try {
    ensureDependencies();
    ensureServers([
      ...['redis-server', 'redis-tools', 'nutcracker', 'haproxy'],
      ...['etcd-server', 'zookeeper', 'python3-redis'],
    ]);
    build();
    return true;
  } catch (error) {
    console.error(error.message);
    return false;
  }
}

/** Each step counts as one. */
function check(name, step) {
  console.log(`\n── ${name}`);
  const good = step();
  if (good) passed++;
  else failed++;
  return good;
}

function tool(name, ...args) {
  return runs(join(root, 'node_modules/.bin', name), ...args);
}

function runs(program, ...args) {
  return spawnSync(program, args, { cwd: root, stdio: 'inherit' }).status === 0;
}

/** Each test counts as one, and so does each file that cannot be loaded. */
function runTests() {
  console.log('\n── test');
  rmSync(reportFile, { force: true });
  const clean = tool(
    ...['vitest', 'run', ...filters],
    ...['--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`],
  );
  const report = existsSync(reportFile)
    ? JSON.parse(readFileSync(reportFile, 'utf8'))
    : { testResults: [], numPassedTests: 0 };
  const failures = report.testResults.reduce((sum, file) => sum + failuresIn(file), 0);
  passed += report.numPassedTests;
  // At least one where nothing ran, or where an error came from outside of any test.
  failed += Math.max(failures, clean && report.numPassedTests > 0 ? 0 : 1);
}

function failuresIn({ status, assertionResults }) {
  const tests = assertionResults.filter((test) => test.status === 'failed').length;
  return Math.max(tests, status === 'failed' ? 1 : 0);
}
