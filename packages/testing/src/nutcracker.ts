import type { Endpoint } from '@shardmux/plugin-api';
import { freePort } from './free-port.js';
import { connectRaw } from './raw-client.js';
import { ServerProcess } from './server-process.js';
import { TemporaryFolder } from './temporary-folder.js';

const PROGRAM = { name: 'nutcracker', debianPackage: 'nutcracker' };

export interface NutcrackerOptions {
  /** Bytes of one buffer (`-m`). */
  readonly mbufSize?: number;
  /** Further arguments, as on its command line. */
  readonly args?: readonly string[];
}

/**
 * Starts the real Twemproxy. Resolves when every pool accepts connections; finding that out leaves one closed
 * client connection in each pool's statistics.
 *
 * @param yaml its configuration, with free ports filled in.
 * @throws {FixtureError} `SHARDMUX_FIXTURE_MISSING` or `SHARDMUX_FIXTURE_FAILED`.
 */
export async function startNutcracker(yaml: string, options: NutcrackerOptions = {}): Promise<Nutcracker> {
  const folder = new TemporaryFolder();
  const statsPort = await freePort();
  const process = await ServerProcess.start(PROGRAM, [
    ...['-c', folder.write('nutcracker.yml', yaml)],
    ...['-a', '127.0.0.1', '-s', String(statsPort)],
    ...(options.mbufSize === undefined ? [] : ['-m', String(options.mbufSize)]),
    ...(options.args ?? []),
  ]);
  const nutcracker = new Nutcracker(process, folder, statsPort, listenEndpoints(yaml));
  try {
    await process.ready(() => nutcracker.accepts());
  } catch (error) {
    await nutcracker.stop();
    throw error;
  }
  return nutcracker;
}

export class Nutcracker {
  readonly process: ServerProcess;
  readonly statsPort: number;
  /** Where its pools listen, in the order of the file. */
  readonly endpoints: readonly Endpoint[];
  readonly #folder: TemporaryFolder;

  constructor(
    process: ServerProcess,
    folder: TemporaryFolder,
    statsPort: number,
    endpoints: readonly Endpoint[],
  ) {
    this.process = process;
    this.statsPort = statsPort;
    this.endpoints = endpoints;
    this.#folder = folder;
  }

  /** May be called twice. */
  async stop(): Promise<void> {
    await this.process.stop();
    this.#folder.remove();
  }

  /** Whether all pools take connections. */
  async accepts(): Promise<boolean> {
    try {
      for (const endpoint of this.endpoints) await (await connectRaw(endpoint)).close();
      return this.endpoints.length > 0;
    } catch {
      return false;
    }
  }
}

/** The values of `listen:` in Twemproxy's YAML: `host:port`, or a path and perhaps its permissions. */
function listenEndpoints(yaml: string): Endpoint[] {
  const values = yaml.matchAll(/^\s+listen:\s*(\S+)/gm);
  return Array.from(values, ([, value = '']): Endpoint => {
    if (value.startsWith('/')) return { kind: 'unix', path: value };
    const colon = value.lastIndexOf(':');
    return { kind: 'tcp', host: value.slice(0, colon), port: Number(value.slice(colon + 1)) };
  });
}
