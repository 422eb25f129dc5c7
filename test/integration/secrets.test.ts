import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { connectRaw, freePort, type RawClient, startRedis, TemporaryFolder } from '@shardmux/testing';
import { createProxy } from 'shardmux';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Shardmux } from '../support/shardmux.js';
import { readStats } from '../support/stats.js';

const BINARY = join(import.meta.dirname, '../../packages/shardmux/bin/shardmux.js');
const PATIENCE = { timeout: 10_000 };

/** In every secret, in what is guessed, and in what a broken line holds. */
const MARK = 'xyzzy';
/** Each of another kind; one begins as a rule does. */
const SECRETS = {
  pool: `${MARK}-pool`,
  rule: `${MARK}-rule`,
  variable: `${MARK}-variable`,
  file: `${MARK}-file`,
  acl: `${MARK}-acl`,
  guess: `${MARK}-guess`,
  later: `+${MARK}-later`,
} as const;

const stops: (() => unknown)[] = [];
let folder: TemporaryFolder;

beforeEach(() => {
  folder = new TemporaryFolder();
  stops.push(() => folder.remove());
  vi.stubEnv('SECRET_OF_BOB', SECRETS.variable);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  for (const stop of stops.splice(0).reverse()) await stop();
});

function writeFiles(): { password: string; file: string; acl: string } {
  return {
    password: folder.write('password', `${SECRETS.pool}\n`),
    file: folder.write('file', SECRETS.file),
    acl: folder.write('users.acl', `user ada on >${SECRETS.acl} ~* +@all\n`),
  };
}

/** One server that wants the password, and one that does not know AUTH and repeats what it was sent. */
async function configuration(workers: number): Promise<{ yaml: string; telemetry: number }> {
  const { password, file, acl } = writeFiles();
  const good = await startRedis({ password: SECRETS.pool });
  const deaf = await startRedis({ args: ['--rename-command', 'AUTH', ''] });
  stops.push(
    () => good.stop(),
    () => deaf.stop(),
  );
  const telemetry = await freePort();
  const pool = async (name: string, { host, port }: typeof good, ...lines: string[]) => [
    `  ${name}:`,
    `    listen: 127.0.0.1:${await freePort()}`,
    `    servers: ["${host}:${port}:1"]`,
    ...lines.map((line) => `    ${line}`),
  ];
  const yaml = [
    `workers: ${workers}`,
    'log: { level: trace }',
    `telemetry: { listen: "127.0.0.1:${telemetry}", slowlog: { threshold: 0 } }`,
    'pools:',
    ...(await pool(
      'alpha',
      good,
      `password: { file: ${password} }`,
      'users:',
      `  ada: ["on", ">${SECRETS.rule}", { env: SECRET_OF_BOB }, { file: ${file} }, "~*", +@all]`,
    )),
    ...(await pool('beta', good, `password: ${SECRETS.pool}`, `aclFile: ${acl}`)),
    ...(await pool('gamma', deaf, `password: ${SECRETS.pool}`, 'failover: auto-eject', 'preconnect: true')),
  ];
  return { yaml: yaml.join('\n'), telemetry };
}

const errorsOf = (replies: readonly unknown[]) =>
  replies.flatMap((reply) => (reply instanceof Error ? [reply.message] : []));

/** Comes in by every way there is, and by none. */
async function knock(client: RawClient): Promise<string[]> {
  const { guess, ...secrets } = SECRETS;
  const all = Object.values(secrets).flatMap((secret) => [
    ['AUTH', secret],
    ['AUTH', 'ada', secret],
    ['AUTH', 'nobody', secret],
    ['HELLO', '2', 'AUTH', 'ada', secret],
    ['HELLO', '3', 'AUTH', secret],
    ['AUTH', 'ada', secret, secret],
    ['CONFIG', 'SET', 'requirepass', secret],
    ['ACL', 'SETUSER', 'eve', `>${secret}`],
    ['MIGRATE', '127.0.0.1', '1', 'a', '0', '1', 'AUTH', secret],
  ]);
  return errorsOf(await client.pipeline([...all, ['AUTH', guess], ['ACL', 'LOAD'], ['GET', 'a']]));
}

test.each([1, 2])('no secret is in any output of the program, with %i workers', async (workers) => {
  const { yaml, telemetry } = await configuration(workers);
  const shardmux = await Shardmux.start(yaml, ['-v', '11']);
  stops.push(() => shardmux.stop());
  const errors: string[] = [];
  const knockAll = async () => {
    for (const endpoint of shardmux.endpoints) {
      const client = await connectRaw(endpoint, { strings: true });
      errors.push(...(await knock(client)));
      await client.close();
    }
  };
  const told = (line: RegExp) => vi.waitUntil(() => line.test(shardmux.process.log), PATIENCE);
  await knockAll();
  folder.write('users.acl', `user ada on > ${SECRETS.later}\nuser bob >${SECRETS.acl} ${SECRETS.acl}\n`);
  folder.write('password', '');
  await told(/beta: users and passwords stay as they were: .*line 1: rule 3/);
  await told(/alpha: users and passwords stay as they were: .*must not be empty/);
  rmSync(join(folder.path, 'file'));
  folder.write('password', `${SECRETS.later}\n`);
  shardmux.process.signal('SIGHUP');
  await told(/alpha: users and passwords stay as they were: .*must be readable: ENOENT/);
  await knockAll();
  writeFiles();
  await told(/alpha: users and passwords were read anew/);
  await told(/the server refused the handshake/);
  const pages = await Promise.all(
    ['/metrics', '/slowlog', '/latency'].map(async (page) =>
      (await fetch(`http://127.0.0.1:${telemetry}${page}`)).text(),
    ),
  );
  const { text } = await readStats(shardmux.statsPort);
  shardmux.process.signal('SIGTERM');
  await shardmux.process.exited;
  // What is looked for can be found: errors and pages are there.
  expect(errors.length).toBeGreaterThan(50);
  expect(errors.join()).toMatch(/WRONGPASS.*ERR pools\.alpha\./s);
  const all = [shardmux.process.log, text, ...errors, ...pages];
  expect(all.filter((output) => output.includes(MARK))).toEqual([]);
});

test('nor when a configuration is checked, or asked about', async () => {
  const { yaml } = await configuration(1);
  const good = folder.write('good.yml', yaml);
  const broken = [
    yaml.replace('"on", ', '"on", hunter, '),
    yaml.replace(`">${SECRETS.rule}"`, `>${SECRETS.rule}`),
    yaml.replace(/password: (xyzzy.*)/, 'password: { $1 }'),
    yaml.replace(/password: (xyzzy.*)/, 'password: *$1'),
    yaml.replace('SECRET_OF_BOB', 'NONE_OF_THESE'),
    yaml.replace(/aclFile: .*/, `aclFile: ${folder.write('bad.acl', `user ada ${SECRETS.acl}\n`)}`),
    yaml.replace(/aclFile: .*/, 'aclFile: /nowhere'),
    yaml.replace('workers: 1', 'workers: x'),
  ];
  const outputs: string[] = [];
  const run = (...args: string[]) => {
    const { stdout, stderr, status } = spawnSync(process.execPath, [BINARY, ...args], { encoding: 'utf8' });
    outputs.push(stdout, stderr);
    return status;
  };
  expect(run('proxy', '-t', '-c', good)).toBe(0);
  expect(run('proxy', '--help')).toBe(0);
  expect(run('explain', '-c', good, '--pool', 'alpha', '--json', 'a')).toBe(0);
  for (const page of ['slowlog', 'latency']) expect(run(page, '-c', good, '--json')).toBe(1);
  expect(run('proxy', '-c', folder.write('bad.yml', broken[0]), '-v', '11')).toBe(1);
  for (const [i, text] of broken.entries()) {
    const file = folder.write(`broken${i}.yml`, text);
    expect([i, run('proxy', '-t', '-c', file)]).toEqual([i, 1]);
    for (const create of [() => createProxy({ file }), () => createProxy({ yaml: text })]) {
      expect(create).toThrow(expect.objectContaining({ message: expect.not.stringContaining(MARK) }));
    }
  }
  expect(outputs.join()).toContain('found');
  expect(outputs.filter((output) => output.includes(MARK))).toEqual([]);
}, 60_000);
