import type { Endpoint } from '@shardmux/plugin-api';
import { freePort } from './free-port.js';
import { ServerProcess } from './server-process.js';
import { TemporaryFolder } from './temporary-folder.js';

const PROGRAM = { name: 'etcd', debianPackage: 'etcd-server' };
const HOST = '127.0.0.1';

/**
 * Starts a real etcd, a cluster of one, on free ports. Resolves when it answers.
 * @throws {FixtureError} `SHARDMUX_FIXTURE_MISSING` or `SHARDMUX_FIXTURE_FAILED`.
 */
export async function startEtcd(): Promise<EtcdServer> {
  const server = new EtcdServer(await freePort(HOST), await freePort(HOST));
  try {
    await server.restart();
  } catch (error) {
    await server.stop();
    throw error;
  }
  return server;
}

/**
 *   restart ──► running ──freeze──► frozen
 *      ▲           │  ◄────thaw───────┘
 *      └── down ◄──┴── kill
 *
 *   stop, from anywhere: the process and its folder are gone
 */
export class EtcdServer {
  readonly endpoint: Endpoint;
  readonly url: string;
  readonly #folder = new TemporaryFolder();
  readonly #args: readonly string[];
  #process: ServerProcess | null = null;

  constructor(port: number, peerPort: number) {
    const peerUrl = `http://${HOST}:${peerPort}`;
    this.endpoint = { kind: 'tcp', host: HOST, port };
    this.url = `http://${HOST}:${port}`;
    this.#args = [
      ...['--name', 'one', '--data-dir', this.#folder.path, '--log-level', 'error'],
      ...['--listen-client-urls', this.url, '--advertise-client-urls', this.url],
      ...['--listen-peer-urls', peerUrl, '--initial-advertise-peer-urls', peerUrl],
      ...['--initial-cluster', `one=${peerUrl}`],
      // Its shortest lease is one and a half elections long.
      ...['--heartbeat-interval', '10', '--election-timeout', '100'],
    ];
  }

  get log(): string {
    return this.#running.log;
  }

  /** Starts it on its port, with the data that it has, after killing what still runs. Resolves when it answers. */
  async restart(): Promise<void> {
    await this.#process?.stop();
    this.#process = await ServerProcess.start(PROGRAM, this.#args);
    await this.#process.ready(() => this.#answers());
  }

  /** Resolves when the process is gone. */
  async kill(): Promise<void> {
    await this.#running.stop();
  }

  /** It keeps its connections and answers nothing; the kernel still accepts new ones. */
  freeze(): void {
    this.#running.freeze();
  }

  thaw(): void {
    this.#running.thaw();
  }

  /** Calls its JSON gateway: `kv/put`, with what its documentation says. */
  async call(method: string, body: object): Promise<unknown> {
    const response = await fetch(`${this.url}/v3/${method}`, { method: 'POST', body: JSON.stringify(body) });
    return response.json();
  }

  /** May be called twice. */
  async stop(): Promise<void> {
    await this.#process?.stop();
    this.#folder.remove();
  }

  get #running(): ServerProcess {
    return this.#process!;
  }

  /** It serves once it has a leader. */
  async #answers(): Promise<boolean> {
    try {
      const status = await this.call('maintenance/status', {});
      return Reflect.has(Object(status), 'leader');
    } catch {
      return false;
    }
  }
}
