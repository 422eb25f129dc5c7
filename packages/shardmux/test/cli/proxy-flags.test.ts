import { TemporaryFolder } from '@shardmux/testing';
import { Command, CommanderError } from 'commander';
import { afterAll, describe, expect, test } from 'vitest';
import { addProxyFlags, applyFlags, type ProxyFlags } from '../../src/cli/proxy-flags.js';
import type { Config } from '../../src/config/normalised.js';
import { read } from '../support/read-config.js';
import { nutcracker, shardmux } from '../support/run-command.js';

const folder = new TemporaryFolder();
afterAll(() => folder.remove());

const POOL = 'listen: 127.0.0.1:22121\n  redis: true\n  servers:\n   - 127.0.0.1:6379:1\n';
const valid = folder.write('valid.yml', `alpha:\n  ${POOL}`);
const invalid = folder.write('invalid.yml', `alpha:\n  ${POOL}  timeout: soon\n`);
const missing = `${folder.path}/missing.yml`;

function parse(args: readonly string[]): ProxyFlags {
  const command = addProxyFlags(new Command())
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  return command.parse(args, { from: 'user' }).opts<ProxyFlags>();
}

function areTaken(args: readonly string[]): boolean {
  try {
    parse(args);
    return true;
  } catch (error) {
    if (error instanceof CommanderError) return false;
    throw error;
  }
}

describe('checking a file', () => {
  test.each([
    ['a valid file', valid],
    ['an invalid file', invalid],
    ['no file', missing],
  ])('of %s says and answers what nutcracker does', (_, file) => {
    const [theirs, ours] = [nutcracker('-t', '-c', file), shardmux('proxy', '-t', '-c', file)];
    expect(ours.status).toBe(theirs.status);
    expect(ours.stdout).toBe(theirs.stdout);
    const lastLine = ours.stderr.trimEnd().split('\n').at(-1);
    expect(lastLine).toBe(theirs.stderr.trimEnd().split('\n').at(-1));
  });

  test('says what is wrong', () => {
    const { stderr } = shardmux('proxy', '-t', '-c', invalid);
    expect(stderr).toMatch(/invalid\.yml:6:12: alpha\.timeout: found "soon": must be a whole number/);
  });

  test('an invalid file is not served', () => {
    const { status, stderr } = shardmux('proxy', '-c', invalid);
    expect(status).toBe(1);
    expect(stderr).toMatch(/alpha\.timeout: found "soon"/);
  });
});

describe('flags are judged as by nutcracker', () => {
  test.each([
    ...[
      '-v 0',
      '-v 11',
      '-v 12',
      '-v3',
      '-v x',
      '-v -1',
      '-tv3',
      '-s 1',
      '-s 65535',
      '-s 0',
      '-s 65536',
      '-s x',
    ],
    ...[
      '-i 0',
      '-i 1000',
      '-i x',
      '-m 512',
      '-m 511',
      '-m 16777216',
      '-m 16777217',
      '-m 0',
      '-m x',
      '-a ::1',
    ],
    ...[
      '-o out.log -p pid',
      '--verbose=3',
      '--stats-port=22222',
      '--stats-addr=127.0.0.1',
      '--stats-interval=1',
    ],
    ...[
      '--mbuf-size=512',
      '--pid-file=pid',
      '--output=out.log',
      '--test-conf',
      '-z',
      '--nope',
      '-v',
      '-s',
      '-c',
      '-o',
    ],
  ])('%s', (flags) => {
    const args = ['-t', '-c', valid, ...flags.split(' ')];
    expect(areTaken(args)).toBe(nutcracker(...args).status === 0);
  });

  test.each(['-z', '-s 0'])('%s: exits as nutcracker', (flags) => {
    const args = ['-t', '-c', valid, ...flags.split(' ')];
    expect(shardmux('proxy', ...args).status).toBe(nutcracker(...args).status);
  });

  test.each(['-D', '-V', '-h'])('%s exits 0', (flag) => {
    expect(shardmux('proxy', flag).status).toBe(nutcracker(flag).status);
  });

  test('-D describes the same figures in the same order', () => {
    const names = ({ stderr }: { stderr: string }) =>
      stderr.split('\n').flatMap((line) => /^ {2}(\w+) +"/.exec(line)?.[1] ?? []);
    expect(names(shardmux('proxy', '-D'))).toEqual(names(nutcracker('-D')));
  });

  test('a number that nutcracker would wrap around is refused', () => {
    expect(areTaken(['-i', '4294967297'])).toBe(false);
  });
});

describe('flags and files', () => {
  const theirs = read(`alpha:\n  ${POOL}`);
  const ours = (stats: string) =>
    read(
      `pools: { a: { listen: "127.0.0.1:1", servers: ["h:1:1"] } }\nlog: { level: warn, file: /tmp/x.log }\n${stats}`,
    );
  const withFlags = (config: Config, ...args: string[]) => applyFlags(config, parse(args));

  test('without flags a file says it all', () => {
    const config = ours('stats: { interval: 5 }');
    expect(withFlags(config)).toEqual(config);
    expect(withFlags(theirs)).toEqual(theirs);
  });

  test.each([
    ['of a Twemproxy file', theirs, '0.0.0.0'],
    ['of ours', ours(''), '127.0.0.1'],
    ['of ours that wants no statistics', ours('stats: { listen: null }'), '127.0.0.1'],
  ])('-s moves the port of statistics %s', (_, config, host) => {
    expect(withFlags(config, '-s', '1234').stats.listen).toEqual({ kind: 'tcp', host, port: 1234 });
  });

  test('the command line goes before the file', () => {
    const config = ours('stats: { listen: "127.0.0.1:5", interval: 5 }');
    const { log, stats } = withFlags(config, '-v', '11', '-o', '/tmp/y.log', '-a', '::1', '-i', '9');
    expect(log).toEqual({ level: 'trace', file: '/tmp/y.log' });
    expect(stats).toEqual({ listen: { kind: 'tcp', host: '::1', port: 5 }, interval: 9 });
  });
});
