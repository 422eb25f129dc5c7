import type { LinkPreferences } from '@shardmux/plugin-api';
import type { RedisOptions } from 'ioredis';
import type { IoredisOptions } from './ioredis-options.js';

/**
 * What the options say about links beyond how they are opened. ioredis' defaults are none of it: what an application
 * has not said is the pool's to say.
 *
 * @param parsed the same as ioredis reads them.
 */
export function preferencesOf(given: IoredisOptions, parsed: RedisOptions): LinkPreferences {
  const { username, password, connectionName, retryStrategy } = given;
  // An empty text is none, as for ioredis: its own URLs have an empty user. It sends numbers too.
  const credentials = {
    ...(username ? { username: String(username) } : {}),
    ...(password ? { password: String(password) } : {}),
    ...((given.db ?? null) === null ? {} : { database: parsed.db ?? 0 }),
    ...(connectionName ? { name: String(connectionName) } : {}),
  };
  if (retryStrategy === undefined) return { credentials };
  return { credentials, reconnect: (attempt) => delayOf(retryStrategy?.(attempt)) };
}

/** Anything but a number is ioredis' word for giving up. */
function delayOf(delay: unknown): number | null {
  return typeof delay === 'number' ? delay : null;
}
