import { join } from 'node:path';
import { connectRaw, freePort, ServerProcess, startNutcracker, TemporaryFolder } from '@shardmux/testing';

const HOST = '127.0.0.1';

/** The text of a configuration file, for a proxy that listens on `port`. */
export type Configuration = (port: number, serverPorts: readonly number[]) => string;

/** A running proxy. */
export interface Contestant {
  readonly pid: number;
  readonly port: number;
  stop(): Promise<void>;
}

/** Starts proxies of one kind, each on a port of its own. */
export interface Starter {
  readonly name: string;
  start(serverPorts: readonly number[]): Promise<Contestant>;
}

export const nutcracker: Starter = {
  name: 'nutcracker',
  async start(serverPorts) {
    const port = await freePort();
    const proxy = await startNutcracker(twemproxyFile(port, serverPorts));
    return { pid: proxy.process.pid, port, stop: () => proxy.stop() };
  },
};

/** @param checkout the folder of a compiled repository. */
export function shardmux(
  name: string,
  checkout: string,
  configuration: Configuration = twemproxyFile,
): Starter {
  return {
    name,
    async start(serverPorts) {
      const port = await freePort();
      const folder = new TemporaryFolder();
      const file = folder.write('proxy.yml', configuration(port, serverPorts));
      const command = join(checkout, 'packages/shardmux/bin/shardmux.js');
      const stats = ['-a', HOST, '-s', String(await freePort())];
      const proxy = await ServerProcess.start(process.execPath, [command, 'proxy', '-c', file, ...stats]);
      const stop = async () => {
        await proxy.stop();
        folder.remove();
      };
      try {
        await proxy.ready(() => accepts(port));
      } catch (error) {
        await stop();
        throw error;
      }
      return { pid: proxy.pid, port, stop };
    },
  };
}

function twemproxyFile(port: number, serverPorts: readonly number[]): string {
  return `bench:
  listen: ${HOST}:${port}
  hash: fnv1a_64
  distribution: ketama
  redis: true
  servers:
${serverPorts.map((serverPort) => `   - ${HOST}:${serverPort}:1`).join('\n')}
`;
}

async function accepts(port: number): Promise<boolean> {
  try {
    const client = await connectRaw({ kind: 'tcp', host: HOST, port });
    await client.close();
    return true;
  } catch {
    return false;
  }
}
