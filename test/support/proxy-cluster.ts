import { type RedisServer, startRedis } from '@shardmux/testing';
import { Shardmux } from './shardmux.js';
import { namedServers, poolFile } from './shards.js';

/** Three real Redis servers behind two proxies, which look like a Redis Cluster of two. */
export class ProxyCluster {
  readonly servers: readonly RedisServer[];
  readonly proxies: readonly Shardmux[];
  /** Where the proxies listen, on 127.0.0.1. */
  readonly ports: readonly number[];

  private constructor(
    servers: readonly RedisServer[],
    proxies: readonly Shardmux[],
    ports: readonly number[],
  ) {
    this.servers = servers;
    this.proxies = proxies;
    this.ports = ports;
  }

  static async start(): Promise<ProxyCluster> {
    const servers = await Promise.all([1, 2, 3].map(() => startRedis()));
    const addresses = namedServers(servers);
    const files = await Promise.all([1, 2].map(() => poolFile(addresses, ['hashTag: "{}"'])));
    const ports = files.map((file) => Number(/listen: 127\.0\.0\.1:(\d+)/.exec(file)?.[1]));
    const announce = ports.map((port) => `"127.0.0.1:${port}"`).join(', ');
    const proxies = await Promise.all(
      files.map((file) =>
        Shardmux.start(
          file.replace('    servers:', `    cluster: { announce: [${announce}] }\n    servers:`),
        ),
      ),
    );
    return new ProxyCluster(servers, proxies, ports);
  }

  async stop(): Promise<void> {
    await Promise.all(this.proxies.map((proxy) => proxy.stop()));
    await Promise.all(this.servers.map((server) => server.stop()));
  }
}
