import type { Endpoint } from '@shardmux/plugin-api';
import { freePort } from './free-port.js';
import { type Launch, ServerFixture, started } from './server-fixture.js';

const PROGRAM = { name: 'etcd', debianPackage: 'etcd-server' };
const HOST = '127.0.0.1';

/**
 * Starts a real etcd, a cluster of one, on free ports. Resolves when it answers.
 * @throws {FixtureError} `SHARDMUX_FIXTURE_MISSING` or `SHARDMUX_FIXTURE_FAILED`.
 */
export async function startEtcd(): Promise<EtcdServer> {
  return started(new EtcdServer(await freePort(HOST), await freePort(HOST)));
}

/** Each start goes on with the data that it has. */
export class EtcdServer extends ServerFixture {
  readonly endpoint: Endpoint;
  readonly url: string;
  readonly #args: readonly string[];

  constructor(port: number, peerPort: number) {
    super();
    const peerUrl = `http://${HOST}:${peerPort}`;
    this.endpoint = { kind: 'tcp', host: HOST, port };
    this.url = `http://${HOST}:${port}`;
    this.#args = [
      ...['--name', 'one', '--data-dir', this.folder.path, '--log-level', 'error'],
      ...['--listen-client-urls', this.url, '--advertise-client-urls', this.url],
      ...['--listen-peer-urls', peerUrl, '--initial-advertise-peer-urls', peerUrl],
      ...['--initial-cluster', `one=${peerUrl}`],
      // Its shortest lease is one and a half elections long.
      ...['--heartbeat-interval', '10', '--election-timeout', '100'],
    ];
  }

  protected launch(): Launch {
    return { program: PROGRAM, args: this.#args };
  }

  /** Calls its JSON gateway: `kv/put`, with what its documentation says. */
  async call(method: string, body: object): Promise<unknown> {
    const response = await fetch(`${this.url}/v3/${method}`, { method: 'POST', body: JSON.stringify(body) });
    return response.json();
  }

  /** It serves once it has a leader. */
  protected async answers(): Promise<boolean> {
    try {
      const status = await this.call('maintenance/status', {});
      return Reflect.has(Object(status), 'leader');
    } catch {
      return false;
    }
  }
}
