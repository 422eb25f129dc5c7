import { readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { type ServerProcess, TemporaryFolder } from '@shardmux/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { imports, run, said } from './process-script.js';

let folder: TemporaryFolder;
let file: string;
let child: ServerProcess;

beforeEach(() => {
  folder = new TemporaryFolder();
  file = join(folder.path, 'proxy.log');
});

afterEach(async () => {
  await child.stop();
  folder.remove();
});

/** Says what it is asked for; it has drained when it is sent SIGUSR2. A signal passed on is told after its effect. */
const DRAINED_BY_USR2 = `new Promise((resolve) => { console.log('draining'); process.on('SIGUSR2', resolve); })`;
const LEADER = `forward: (signal) => { log.logger.debug('detail'); console.log('passed on ' + signal); }`;

async function start({ stop = DRAINED_BY_USR2, leads = true } = {}): Promise<void> {
  child = await run(`${imports('openLog', 'log.js')}${imports('installSignals', 'signals.js')}
    const log = openLog({ level: 'info', file: ${JSON.stringify(file)} });
    installSignals({ log, stop: () => ${stop}, ${leads ? LEADER : ''} });
    let terms = 0;
    process.on('SIGTERM', () => console.log('SIGTERM ' + ++terms));
    process.on('SIGUSR1', () => console.log('SIGUSR1'));
    setInterval(() => {}, 1_000_000);
    console.log('up');`);
}

async function signal(name: NodeJS.Signals, answer: string): Promise<void> {
  child.signal(name);
  await said(child, answer);
}

describe('SIGTERM', () => {
  test('drains, then exits 0', async () => {
    await start();
    await signal('SIGTERM', 'SIGTERM 1');
    expect(child.log).toContain('draining');
    expect(child.running).toBe(true);
    child.signal('SIGUSR2');
    expect(await child.exited).toEqual({ code: 0, signal: null });
    expect(child.log).not.toContain('passed on');
  });

  test('a second one exits 1 at once', async () => {
    await start();
    await signal('SIGTERM', 'SIGTERM 1');
    child.signal('SIGTERM');
    expect(await child.exited).toEqual({ code: 1, signal: null });
  });

  test('a process that is led goes on draining at the second', async () => {
    await start({ leads: false });
    await signal('SIGTERM', 'SIGTERM 1');
    await signal('SIGTERM', 'SIGTERM 2');
    child.signal('SIGUSR2');
    expect(await child.exited).toEqual({ code: 0, signal: null });
    expect(child.log.match(/draining/g)).toHaveLength(1);
  });

  test('exits 1 where it cannot drain, and says why', async () => {
    await start({ stop: `Promise.reject(new Error('stuck'))` });
    child.signal('SIGTERM');
    expect(await child.exited).toEqual({ code: 1, signal: null });
    expect(readFileSync(file, 'utf8')).toContain('stopping failed: Error: stuck');
  });
});

test('SIGINT exits 1 at once, and is passed on', async () => {
  await start();
  await signal('SIGTERM', 'draining');
  child.signal('SIGINT');
  expect(await child.exited).toEqual({ code: 1, signal: null });
  expect(child.log).toContain('passed on SIGINT');
});

test('SIGHUP opens the log again, and is passed on', async () => {
  await start();
  renameSync(file, `${file}.1`);
  await signal('SIGHUP', 'passed on SIGHUP');
  await signal('SIGTERM', 'draining');
  expect(readFileSync(`${file}.1`, 'utf8')).toContain('SIGHUP');
  expect(readFileSync(file, 'utf8')).toContain('SIGTERM');
});

test('SIGTTIN logs more, SIGTTOU logs less, and both are passed on', async () => {
  await start();
  const details = () => readFileSync(file, 'utf8').match(/"detail"/g)?.length ?? 0;
  await signal('SIGHUP', 'passed on SIGHUP');
  expect(details()).toBe(0);
  await signal('SIGTTIN', 'passed on SIGTTIN');
  expect(details()).toBe(1);
  await signal('SIGTTOU', 'passed on SIGTTOU');
  expect(details()).toBe(1);
});

test('SIGUSR1 opens no debugger, SIGUSR2 does not end the process', async () => {
  await start();
  child.signal('SIGUSR2');
  await signal('SIGUSR1', 'SIGUSR1');
  await signal('SIGTERM', 'draining');
  expect(child.log).not.toContain('Debugger');
});
