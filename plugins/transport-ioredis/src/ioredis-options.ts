import { createRequire } from 'node:module';
import type { RedisOptions } from 'ioredis';
import type { ConnectorClass } from './connector.js';

/** As `new Redis(options)` takes them. */
export type IoredisOptions = Omit<RedisOptions, 'Connector'> & {
  readonly Connector?: ConnectorClass | undefined;
};

const require = createRequire(import.meta.url);

/** Loaded by those alone who use it. */
export function loadIoredis(): typeof import('ioredis') {
  return require('ioredis') as typeof import('ioredis');
}

/** Options as ioredis reads them: with its defaults, a `db` of text as a number, a TLS profile by what it stands for. */
export function parseOptions({ Connector, sentinels, ...others }: IoredisOptions): RedisOptions {
  const { Redis } = loadIoredis();
  // Without a connector and a command it is nothing but its options.
  const { options } = new Redis({ ...others, replyMapping: 'legacy', lazyConnect: true });
  return { ...options, sentinels };
}
