import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectRaw, freePort, type RedisServer, ServerProcess } from '@shardmux/testing';
import { run } from './run.js';
import type { Tarball } from './tarballs.js';

const PROGRAMS = join(import.meta.dirname, '../app');
const INSTALL = ['install', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];

/** Installs them in a folder, and whatever else its package needs. */
export async function installTarballs(
  folder: string,
  tarballs: readonly Pick<Tarball, 'path'>[],
  ...flags: readonly string[]
): Promise<void> {
  await run('npm', [...INSTALL, ...flags, ...tarballs.map(({ path }) => path)], folder);
}

/** A folder of somebody who has nothing of this repository but its tarballs. */
export class AppFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
    mkdirSync(path);
    this.write('package.json', JSON.stringify({ name: 'app', private: true }));
    for (const program of readdirSync(PROGRAMS)) copyFileSync(join(PROGRAMS, program), join(path, program));
  }

  /** @returns the path of the file written. */
  write(name: string, content: string): string {
    const path = join(this.path, name);
    writeFileSync(path, content);
    return path;
  }

  async install(tarballs: readonly Pick<Tarball, 'path'>[]): Promise<void> {
    await installTarballs(this.path, tarballs);
  }

  /** Where each installed package came from, by its place in `node_modules`. */
  origins(): Map<string, string | undefined> {
    const lock = JSON.parse(readFileSync(join(this.path, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { resolved?: string }>;
    };
    return new Map(Object.entries(lock.packages).map(([place, { resolved }]) => [place, resolved]));
  }

  /** Runs one of the folder's programs, or a command of an installed package. */
  run(node: string, program: string, ...args: readonly string[]): Promise<string> {
    return run(node, [program, ...args], this.path);
  }

  configure(configuration: Configuration): string {
    return this.write('shardmux.yml', JSON.stringify(configuration));
  }

  /** Sends commands through the installed `shardmux proxy`, which serves the configuration, and ends it. */
  async throughProxy(node: string, configuration: Configuration, commands: string[][]): Promise<unknown[]> {
    const file = this.configure(configuration);
    const command = join(this.path, 'node_modules/.bin/shardmux');
    const proxy = await ServerProcess.start(node, [command, 'proxy', '-c', file]);
    try {
      await proxy.ready(async () => proxy.log.includes('listens on'), 20_000);
      const port = Number(configuration.pools.alpha.listen.split(':')[1]);
      const client = await connectRaw({ kind: 'tcp', host: '127.0.0.1', port }, { strings: true });
      const replies = await client.pipeline(commands);
      await client.close();
      proxy.signal('SIGTERM');
      const { code } = await proxy.exited;
      if (code !== 0) throw new Error(`the proxy exited with ${code}:\n${proxy.log}`);
      return replies;
    } finally {
      await proxy.stop();
    }
  }
}

export type Configuration = Awaited<ReturnType<typeof configurationOf>>;

/** One pool, alpha, over the servers, with more of its keys, or others. */
export async function configurationOf(servers: readonly RedisServer[], keys: Record<string, unknown>) {
  return {
    stats: { listen: null },
    pools: {
      alpha: {
        listen: `127.0.0.1:${await freePort()}`,
        servers: servers.map(({ port }, i) => `127.0.0.1:${port}:1 shard${i}`),
        ...keys,
      },
    },
  };
}
