// What the examples have in common. They import nothing of the workspace themselves: on a fresh clone there is
// nothing to import before the build.
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { build, ensureDependencies, ensureServers, root } from '../packages/testing/bootstrap.mjs';

const HOST = '127.0.0.1';

/**
 * Installs and builds, runs an example until Ctrl-C, and leaves nothing behind.
 *
 * @param {readonly number[]} ports that must be free.
 * @param {(servers: Servers) => Promise<void | (() => void)>} begin starts what the example is made of, and says what
 *   to try; may give a function that ends what it has started by itself.
 * @typedef {{ redis(port: number): Promise<void>, proxy(file: string, port: number): Promise<void> }} Servers
 */
export async function runExample(ports, begin) {
  try {
    for (const port of ports) await requireFreePort(port);
    ensureDependencies();
    ensureServers(['redis-server', 'redis-tools']);
    build();
    await serve(begin);
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}

async function requireFreePort(port) {
  const server = createServer().listen(port, HOST);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw new Error(
      `Cannot listen on ${HOST}:${port} (${error.code}): stop what runs there, then try again.`,
    );
  }
  server.close();
  await once(server, 'close');
}

/** Returns when everything that was started is gone. */
async function serve(begin) {
  const stopped = Promise.race(['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => once(process, signal)));
  const { connectRaw, ServerProcess } = await import('@shardmux/testing');
  const running = [];
  const start = async (program, args, port) => {
    const server = await ServerProcess.start(program, args);
    running.push(server);
    await server.ready(async () => {
      const client = await connectRaw({ kind: 'tcp', host: HOST, port }).catch(() => null);
      await client?.close();
      return client !== null;
    });
  };
  const redis = { name: 'redis-server', debianPackage: 'redis-server' };
  const shardmux = join(root, 'packages/shardmux/bin/shardmux.js');
  let end;
  try {
    end = await begin({
      redis: (port) => start(redis, ['--port', String(port), '--bind', HOST, '--save', ''], port),
      proxy: (file, port) => start(process.execPath, [shardmux, 'proxy', '-c', file], port),
    });
    console.log('\nCtrl-C stops everything.');
    const ended = running.map(async (server) => {
      await server.exited;
      throw new Error(`A server ended by itself:\n${server.log}`);
    });
    await Promise.race([stopped, ...ended]);
  } finally {
    end?.();
    await Promise.all(running.map((server) => server.stop()));
  }
}
