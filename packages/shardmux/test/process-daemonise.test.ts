import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { ServerProcess, TemporaryFolder } from '@shardmux/testing';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { imports } from './process-script.js';

let folder: TemporaryFolder;
/** Where the background takes orders: it ends when it is told `end`. */
let socketPath: string;

beforeEach(() => {
  folder = new TemporaryFolder();
  socketPath = join(folder.path, 'daemon.sock');
});

afterEach(async () => {
  // It outlives who started it, so it must be told; where the test has done so, nobody listens any more.
  if (existsSync(socketPath)) await ask('end').catch(() => {});
  folder.remove();
});

/** @param background what the background does once it listens. */
function start(background: string): Promise<ServerProcess> {
  const script = `${imports('daemonise, isDaemon, reportFailure, reportReady', 'daemonise.js')}
    import { createServer } from 'node:net';
    if (!isDaemon) await daemonise();
    const state = () => JSON.stringify({
      pid: process.pid,
      args: process.argv.slice(2),
      connected: process.connected,
      environment: Object.keys(process.env).filter((name) => name.startsWith('SHARDMUX')),
    });
    const server = createServer((asker) => asker.once('data', (order) => {
      if (String(order) === 'report') reportReady();
      if (String(order) === 'end') process.exit();
      asker.end(state());
    }));
    server.listen(${JSON.stringify(socketPath)}, () => { ${background} });`;
  const path = folder.write('daemon.mjs', script);
  return ServerProcess.start(process.execPath, [path, '--flag', 'value with blanks']);
}

async function ask(order: 'state' | 'report' | 'end'): Promise<string> {
  const socket: Socket = connect(socketPath);
  await once(socket, 'connect');
  socket.write(order);
  return text(socket);
}

async function backgroundListens(): Promise<boolean> {
  try {
    await ask('state');
    return true;
  } catch {
    return false;
  }
}

test('the foreground exits 0 when the background serves, which goes on alone', async () => {
  const foreground = await start('reportReady()');
  expect(await foreground.exited).toEqual({ code: 0, signal: null });
  expect(foreground.log).toBe('');
  const state = await vi.waitFor(async () => {
    const now = JSON.parse(await ask('state'));
    expect(now.connected).toBe(false);
    return now;
  });
  expect(state.pid).not.toBe(foreground.pid);
  expect(state.args).toEqual(['--flag', 'value with blanks']);
  expect(state.environment).toEqual([]);
});

test('the foreground waits for the report', async () => {
  const foreground = await start('');
  await foreground.ready(backgroundListens);
  expect(JSON.parse(await ask('state')).connected).toBe(true);
  expect(foreground.running).toBe(true);
  await ask('report');
  expect(await foreground.exited).toEqual({ code: 0, signal: null });
});

test('the foreground says why the background cannot serve, and exits 1', async () => {
  const foreground = await start(`reportFailure('the port is taken'); process.exitCode = 1; server.close();`);
  expect(await foreground.exited).toEqual({ code: 1, signal: null });
  expect(foreground.log).toBe('the port is taken\n');
});

test.each(['process.exit(0)', 'process.kill(process.pid, "SIGKILL")', 'throw new Error("fault")'])(
  'the foreground exits 1 when the background ends without a word: %s',
  async (end) => {
    const foreground = await start(end);
    expect(await foreground.exited).toEqual({ code: 1, signal: null });
    expect(foreground.log).toBe('the background process ended before it served\n');
  },
);

test('the background survives that nobody waits for its report any more', async () => {
  const foreground = await start('');
  await foreground.ready(backgroundListens);
  await foreground.stop();
  await ask('report');
  expect(JSON.parse(await ask('state')).connected).toBe(false);
});
