import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { connectRaw } from '../src/raw-client.js';
import { ServerProcess } from '../src/server-process.js';

const NODE = process.execPath;

describe('ServerProcess', () => {
  it('names the Debian package of a server that is not installed', async () => {
    const program = { name: 'no-such-server', debianPackage: 'some-package' };
    await expect(ServerProcess.start(program, [])).rejects.toMatchObject({
      code: 'SHARDMUX_FIXTURE_MISSING',
      message: expect.stringContaining('apt-get install some-package'),
    });
  });

  it('tells how the process ended and what it wrote', async () => {
    const child = await ServerProcess.start(NODE, [
      '-e',
      'console.log("out"); console.error("err"); process.exit(3)',
    ]);
    expect(await child.exited).toEqual({ code: 3, signal: null });
    expect(child.running).toBe(false);
    expect(child.log).toContain('out\n');
    expect(child.log).toContain('err\n');
  });

  it('passes signals on', async () => {
    const child = await ServerProcess.start(NODE, ['-e', 'setInterval(() => {}, 1000)']);
    child.signal('SIGTERM');
    expect(await child.exited).toEqual({ code: null, signal: 'SIGTERM' });
  });

  it('is over when a grandchild lives on', async () => {
    const orphan = `spawn(process.execPath, ['-e', 'setTimeout(() => {}, 3000)'], { stdio: 'inherit' })`;
    const script = `console.log(require('node:child_process').${orphan}.pid); process.exit()`;
    const child = await ServerProcess.start(NODE, ['-e', script]);
    expect(await child.exited).toEqual({ code: 0, signal: null });
    process.kill(Number(child.log), 'SIGKILL');
  });

  it('says when a server takes too long', async () => {
    const child = await ServerProcess.start(NODE, ['-e', 'setInterval(() => {}, 1000)']);
    await expect(child.ready(async () => false, 20)).rejects.toMatchObject({
      code: 'SHARDMUX_FIXTURE_FAILED',
    });
    await child.stop();
  });
});

describe('a process that dies with servers running', () => {
  let socket: string;
  let parent: ReturnType<typeof spawn>;

  beforeEach(async () => {
    const fixtures = new URL('../dist/index.js', import.meta.url).href;
    const script = `
      import { startRedis } from ${JSON.stringify(fixtures)};
      const redis = await startRedis({ unixSocket: true });
      console.log(redis.unixEndpoint.path);
      process.on('message', () => process.exit());`;
    parent = spawn(NODE, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    const [line] = await once(parent.stdout!, 'data');
    socket = String(line).trim();
    await (await connectRaw({ kind: 'unix', path: socket })).close();
  });

  afterEach(() => parent.kill('SIGKILL'));

  it('takes them along when it exits, and their folders', async () => {
    parent.send('exit');
    await once(parent, 'exit');
    expect(existsSync(dirname(socket))).toBe(false);
  });

  it.runIf(process.platform === 'linux')('takes them along when it is killed', async () => {
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    const endpoint = { kind: 'unix', path: socket } as const;
    await vi.waitFor(() => expect(connectRaw(endpoint)).rejects.toMatchObject({ code: 'ECONNREFUSED' }));
    rmSync(dirname(socket), { recursive: true });
  });
});
