import type { Endpoint } from '@shardmux/plugin-api';
import { freePort, type RedisServer, startRedis } from '@shardmux/testing';
import { createProxy } from '../../src/service/create-proxy.js';
import type { ProxyService } from '../../src/service/proxy-service.js';

/** Two real Redis servers, `one` and `two`, behind a proxy in this process. */
export class ObservedProxy {
  readonly servers: readonly RedisServer[];
  readonly endpoint: Endpoint;
  /** Where what was recorded is served. */
  readonly port: number;
  /** What it has logged, in lines. */
  readonly log: readonly string[];
  readonly #proxy: ProxyService;

  private constructor(
    servers: readonly RedisServer[],
    endpoint: Endpoint,
    port: number,
    log: readonly string[],
    proxy: ProxyService,
  ) {
    this.servers = servers;
    this.endpoint = endpoint;
    this.port = port;
    this.log = log;
    this.#proxy = proxy;
  }

  /**
   * @param telemetry the section of the configuration, given the port to serve at.
   * @param pool further keys of the pool, in flow style.
   */
  static async start(telemetry: (port: number) => string, pool = ''): Promise<ObservedProxy> {
    const servers = await Promise.all([startRedis(), startRedis()]);
    const [listen, port] = [await freePort(), await freePort()];
    const names = ['one', 'two'];
    const addresses = servers.map(({ host, port: at }, i) => `"${host}:${at}:1 ${names[i]}"`);
    const yaml = `
stats: { listen: null }
telemetry: ${telemetry(port)}
pools:
  alpha: { listen: "127.0.0.1:${listen}", hash: murmur, servers: [${addresses.join(', ')}], ${pool} }
`;
    const log: string[] = [];
    const write = (line: string) => {
      log.push(line);
    };
    const logger = { debug() {}, info: write, warn: write, error: write };
    const proxy = createProxy({ yaml }, { logger });
    await proxy.start();
    const endpoint = { kind: 'tcp', host: '127.0.0.1', port: listen } as const;
    return new ObservedProxy(servers, endpoint, port, log, proxy);
  }

  /** The proxy alone: what it has to send, it has sent then. */
  stopProxy(): Promise<void> {
    return this.#proxy.stop();
  }

  async stop(): Promise<void> {
    await this.#proxy.stop();
    await Promise.all(this.servers.map((server) => server.stop()));
  }
}
