import type { RedisServer } from '@shardmux/testing';

export interface TwemproxyPool {
  readonly name: string;
  readonly port: number;
  /** Further lines, `key: value` each. */
  readonly settings: Readonly<Record<string, string | number | boolean>>;
  /** As in the file: `host:port:weight` and perhaps an alias. */
  readonly servers: readonly string[];
}

/** The text of a Twemproxy configuration. */
export function twemproxyFile(pools: readonly TwemproxyPool[]): string {
  return pools
    .map(({ name, port, settings, servers }) => {
      const lines = Object.entries({ redis: true, ...settings }).map(([key, value]) => `  ${key}: ${value}`);
      const entries = servers.map((server) => `    - ${server}`);
      return [`${name}:`, `  listen: 127.0.0.1:${port}`, ...lines, '  servers:', ...entries, ''].join('\n');
    })
    .join('\n');
}

export function serverLine({ host, port }: RedisServer, weight = 1, alias = ''): string {
  return `${host}:${port}:${weight} ${alias}`.trimEnd();
}
