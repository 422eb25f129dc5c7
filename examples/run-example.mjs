// What the examples have in common. They import nothing of the workspace themselves: on a fresh clone there is
// nothing to import before the build.
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { build, ensureDependencies, ensureServers, root } from '../packages/testing/bootstrap.mjs';

const HOST = '127.0.0.1';
const REDIS = { name: 'redis-server', debianPackage: 'redis-server' };
const HAPROXY = { name: 'haproxy', debianPackage: 'haproxy' };
const SHARDMUX = join(root, 'packages/shardmux/bin/shardmux.js');

/**
 * Installs and builds, runs an example until Ctrl-C, and leaves nothing behind.
 *
 * @param {readonly number[]} ports that must be free.
 * @param {(servers: Servers) => Promise<void | (() => void)>} begin starts what the example is made of, and says what
 *   to try; may give a function that ends what it has started by itself.
 * @param {Parameters<typeof ensureServers>[0]} packages of Debian, besides those of Redis.
 */
export async function runExample(ports, begin, packages = []) {
  try {
    for (const port of ports) await requireFreePort(port);
    ensureDependencies();
    ensureServers(['redis-server', 'redis-tools', ...packages]);
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
  const servers = new Servers(await import('@shardmux/testing'));
  let end;
  try {
    end = await begin(servers);
    console.log('\nCtrl-C stops everything.');
    await Promise.race([stopped, servers.failed()]);
  } finally {
    end?.();
    await servers.stop();
  }
}

/** What examples are made of. Whatever starts one resolves when it listens on its port. */
class Servers {
  #fixtures;
  #needed = [];
  #expendable = [];

  constructor(fixtures) {
    this.#fixtures = fixtures;
  }

  redis = (port) => this.#need(REDIS, ['--port', String(port), '--bind', HOST, '--save', ''], port);
  haproxy = (file, port) => this.#need(HAPROXY, ['-db', '-f', file], port);
  node = (file, port) => this.#need(process.execPath, [file], port);
  proxy = (file, port) => this.#need(process.execPath, [SHARDMUX, 'proxy', '-c', file], port);

  /** One that may end while the example goes on. Resolves with its process id. */
  expendableProxy = async (file, port) => {
    const { pid } = await this.#start(
      this.#expendable,
      process.execPath,
      [SHARDMUX, 'proxy', '-c', file],
      port,
    );
    return pid;
  };

  /** Rejects when one ends without which the example cannot go on. */
  failed() {
    const ended = this.#needed.map(async (server) => {
      await server.exited;
      throw new Error(`A server ended by itself:\n${server.log}`);
    });
    return Promise.race(ended);
  }

  async stop() {
    await Promise.all([...this.#needed, ...this.#expendable].map((server) => server.stop()));
  }

  async #need(program, args, port) {
    await this.#start(this.#needed, program, args, port);
  }

  async #start(started, program, args, port) {
    const { connectRaw, ServerProcess } = this.#fixtures;
    const server = await ServerProcess.start(program, args);
    started.push(server);
    await server.ready(async () => {
      const client = await connectRaw({ kind: 'tcp', host: HOST, port }).catch(() => null);
      await client?.close();
      return client !== null;
    });
    return server;
  }
}
