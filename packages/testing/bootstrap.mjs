// What a fresh clone needs before anything in it can run, so it imports nothing but Node.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the repository. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

// A program that each Debian package brings.
const PROGRAMS = {
  'redis-server': 'redis-server',
  'redis-tools': 'redis-benchmark',
  nutcracker: 'nutcracker',
  haproxy: 'haproxy',
};
const SERVICES = ['redis-server', 'nutcracker', 'haproxy'];

// For all that is run from here on, in this module and by those who import it.
Object.assign(process.env, {
  DEBIAN_FRONTEND: 'noninteractive',
  TURBO_TELEMETRY_DISABLED: '1',
  TURBO_NO_UPDATE_NOTIFIER: '1',
});

/** Installs what package-lock.json says, unless that was done since it last changed. */
export function ensureDependencies() {
  const lock = join(root, 'package-lock.json');
  const installed = join(root, 'node_modules/.package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  run('npm', ['ci', '--loglevel=warn']);
}

/**
 * Installs the Debian packages whose programs are missing, without letting their services run.
 * @param {(keyof typeof PROGRAMS)[]} packages
 * @throws where that takes a person: not root, or no apt-get.
 */
export function ensureServers(packages) {
  const missing = packages.filter((name) => !isInstalled(PROGRAMS[name]));
  if (missing.length === 0) return;
  if (process.getuid?.() !== 0 || !isInstalled('apt-get')) {
    throw new Error(
      `Not installed: ${missing.join(', ')}. On Debian or Ubuntu: sudo apt-get install ${missing.join(' ')}`,
    );
  }
  withoutStartingServices(() => {
    run('apt-get', ['update', '-q']);
    run('apt-get', ['install', '-q', '-y', '--no-install-recommends', ...missing]);
  });
  const services = missing.filter((name) => SERVICES.includes(name));
  if (isInstalled('systemctl') && services.length > 0) run('systemctl', ['--quiet', 'disable', ...services]);
}

/** Compiles all packages that changed; prints what the compiler has to say, nothing else. */
export function build() {
  run('npm', ['run', '--silent', 'build', '--', '--output-logs=errors-only']);
}

/** @throws naming the command, when it fails. */
function run(command, args) {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (error !== undefined || status !== 0) {
    throw new Error(`Failed: ${command} ${args.join(' ')}`, { cause: error });
  }
}

function isInstalled(program) {
  // Debian puts servers in /usr/sbin, and leaves that out of the PATH of ordinary users.
  return [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin'].some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/**
 * Debian's packages ask /usr/sbin/policy-rc.d before they start a service; 101 forbids it. A policy that is there
 * already is put back, also when a signal ends the installation.
 */
function withoutStartingServices(install) {
  const policy = '/usr/sbin/policy-rc.d';
  const kept = `${policy}.kept-by-shardmux`;
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  const goOn = () => {};
  for (const signal of signals) process.on(signal, goOn);
  if (existsSync(policy) && !existsSync(kept)) renameSync(policy, kept);
  writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    install();
  } finally {
    if (existsSync(kept)) renameSync(kept, policy);
    else rmSync(policy);
    for (const signal of signals) process.off(signal, goOn);
  }
}
