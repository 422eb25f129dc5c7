import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Endpoint } from '@shardmux/plugin-api';
import { connectRaw, freePort, ServerProcess, TemporaryFolder } from '@shardmux/testing';

const BINARY = join(import.meta.dirname, '../../packages/shardmux/bin/shardmux.js');

/** The `shardmux` command, as an operator runs it: with a file, and Twemproxy's flags. */
export class Shardmux {
  readonly process: ServerProcess;
  readonly endpoints: readonly Endpoint[];
  readonly statsPort: number;
  readonly #folder: TemporaryFolder | null;

  private constructor(
    process: ServerProcess,
    endpoints: readonly Endpoint[],
    statsPort: number,
    folder: TemporaryFolder | null,
  ) {
    this.process = process;
    this.endpoints = endpoints;
    this.statsPort = statsPort;
    this.#folder = folder;
  }

  /**
   * Resolves when every pool accepts connections, and the statistics do.
   * @param yaml of either dialect; what follows `listen:` on a line of its own is where it is waited for.
   */
  static start(yaml: string, args: readonly string[] = []): Promise<Shardmux> {
    const folder = new TemporaryFolder();
    return Shardmux.#start(folder.write('config.yml', yaml), args, folder);
  }

  /** As `start`, with a file that is there already. */
  static startFile(file: string): Promise<Shardmux> {
    return Shardmux.#start(file, [], null);
  }

  static async #start(
    file: string,
    args: readonly string[],
    folder: TemporaryFolder | null,
  ): Promise<Shardmux> {
    const statsPort = await freePort();
    const child = await ServerProcess.start(process.execPath, [
      ...[BINARY, 'proxy', '-c', file, '-s', String(statsPort), '-a', '127.0.0.1'],
      ...args,
    ]);
    const endpoints = endpointsOf(readFileSync(file, 'utf8'));
    const shardmux = new Shardmux(child, endpoints, statsPort, folder);
    try {
      await child.ready(() => shardmux.#accepts(), 20_000);
    } catch (error) {
      await shardmux.stop();
      throw error;
    }
    return shardmux;
  }

  async #accepts(): Promise<boolean> {
    try {
      const stats: Endpoint = { kind: 'tcp', host: '127.0.0.1', port: this.statsPort };
      for (const endpoint of [...this.endpoints, stats]) await (await connectRaw(endpoint)).close();
      return true;
    } catch {
      return false;
    }
  }

  /** Kills it. May be called twice. */
  async stop(): Promise<void> {
    await this.process.stop();
    this.#folder?.remove();
  }
}

function endpointsOf(yaml: string): Endpoint[] {
  return Array.from(yaml.matchAll(/^\s+listen:\s*"?([^\s"]+)/gm), ([, value]): Endpoint => {
    if (value.startsWith('/')) return { kind: 'unix', path: value };
    const colon = value.lastIndexOf(':');
    return {
      kind: 'tcp',
      host: value.slice(0, colon).replace(/[[\]]/g, ''),
      port: Number(value.slice(colon + 1)),
    };
  });
}
