// What a fresh clone needs before anything in it can run, so it imports nothing but Node.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the repository. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

// Of each Debian package: whether what it brings is there, and the name of its service, if it has one.
const PACKAGES = {
  'redis-server': { isThere: () => hasProgram('redis-server'), service: 'redis-server' },
  'redis-tools': { isThere: () => hasProgram('redis-benchmark') },
  nutcracker: { isThere: () => hasProgram('nutcracker'), service: 'nutcracker' },
  haproxy: { isThere: () => hasProgram('haproxy'), service: 'haproxy' },
  'etcd-server': { isThere: () => hasProgram('etcd'), service: 'etcd' },
  zookeeper: { isThere: () => existsSync('/usr/share/zookeeper/bin/zkServer.sh') },
  // Of Debian's own Python: another one that is first in the PATH does not have it.
  'python3-redis': { isThere: () => succeeds('/usr/bin/python3', ['-c', 'import redis']) },
};

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
 * Installs the Debian packages that are missing, without letting their services run.
 * @param {(keyof typeof PACKAGES)[]} packages
 * @throws where that takes a person: not root, or no apt-get.
 */
export function ensureServers(packages) {
  const missing = packages.filter((name) => !PACKAGES[name].isThere());
  if (missing.length === 0) return;
  if (process.getuid?.() !== 0 || !hasProgram('apt-get')) {
    throw new Error(
      `Not installed: ${missing.join(', ')}. On Debian or Ubuntu: sudo apt-get install ${missing.join(' ')}`,
    );
  }
  withoutStartingServices(() => {
    run('apt-get', ['update', '-q']);
    run('apt-get', ['install', '-q', '-y', '--no-install-recommends', ...missing]);
  });
  const services = missing.flatMap((name) => PACKAGES[name].service ?? []);
  if (hasProgram('systemctl') && services.length > 0) run('systemctl', ['--quiet', 'disable', ...services]);
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

function hasProgram(program) {
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

function succeeds(command, args) {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
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
