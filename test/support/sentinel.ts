import {
  connectRaw,
  freePort,
  type RedisServer,
  ServerProcess,
  startRedis,
  TemporaryFolder,
} from '@shardmux/testing';

const HOST = '127.0.0.1';
const PROGRAM = { name: 'redis-server', debianPackage: 'redis-server' };

/** Groups of a primary and a replica, and one real Sentinel that watches them and alone decides. */
export class SentinelGroups {
  readonly port: number;
  readonly groups: readonly (readonly RedisServer[])[];
  readonly #process: ServerProcess;
  readonly #folder: TemporaryFolder;

  private constructor(
    port: number,
    groups: readonly (readonly RedisServer[])[],
    process: ServerProcess,
    folder: TemporaryFolder,
  ) {
    this.port = port;
    this.groups = groups;
    this.#process = process;
    this.#folder = folder;
  }

  /** Resolves when the Sentinel knows every server. The groups are called `group0`, `group1`, … */
  static async start(count: number): Promise<SentinelGroups> {
    const groups = await Promise.all(Array.from({ length: count }, startGroup));
    const port = await freePort();
    const folder = new TemporaryFolder();
    const lines = groups.flatMap(([primary], i) => [
      `sentinel monitor group${i} ${HOST} ${primary.port} 1`,
      `sentinel down-after-milliseconds group${i} 500`,
      `sentinel failover-timeout group${i} 5000`,
    ]);
    const file = folder.write('sentinel.conf', [`port ${port}`, `bind ${HOST}`, ...lines, ''].join('\n'));
    const process = await ServerProcess.start(PROGRAM, [file, '--sentinel']);
    const sentinel = new SentinelGroups(port, groups, process, folder);
    try {
      await process.ready(() => sentinel.#knowsAll(), 20_000);
    } catch (error) {
      await sentinel.stop();
      throw error;
    }
    return sentinel;
  }

  /** Which port a group's primary has, says the Sentinel. */
  async primaryOf(index: number): Promise<number> {
    const reply = await this.#ask('SENTINEL', 'get-master-addr-by-name', `group${index}`);
    return Number((reply as string[])[1]);
  }

  /** May be called twice. */
  async stop(): Promise<void> {
    await Promise.all([this.#process.stop(), ...this.groups.flat().map((server) => server.stop())]);
    this.#folder.remove();
  }

  async #knowsAll(): Promise<boolean> {
    try {
      const replicas = await Promise.all(
        this.groups.map((_, i) => this.#ask('SENTINEL', 'replicas', `group${i}`)),
      );
      return replicas.every((each) => Array.isArray(each) && each.length === 1);
    } catch {
      return false;
    }
  }

  async #ask(...command: string[]): Promise<unknown> {
    const client = await connectRaw({ kind: 'tcp', host: HOST, port: this.port }, { strings: true });
    try {
      return await client.command(...command);
    } finally {
      await client.close();
    }
  }
}

async function startGroup(): Promise<RedisServer[]> {
  const primary = await startRedis();
  const replica = await startRedis({
    args: ['--replicaof', HOST, String(primary.port), '--repl-diskless-sync-delay', '0'],
  });
  return [primary, replica];
}
