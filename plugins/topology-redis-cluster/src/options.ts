import type { ConnectionOptions } from 'node:tls';
import { formatEndpoint, type SchemaResult, type StandardSchema } from '@shardmux/plugin-api';
import {
  type Check,
  checkTlsToServers,
  loadPem,
  mapping,
  must,
  type TlsToServers,
} from '@shardmux/plugin-transport-tcp';
import { ADDRESS_FORM, type NatMap, parseAddress } from './address.js';

export interface RedisClusterOptions {
  /** Servers of the cluster to begin with, each `host:port`; at least one. Any of them leads to all others. */
  readonly seeds: readonly string[];
  readonly username?: string;
  readonly password?: string;
  /** True: encrypted, with the authorities that Node comes with. */
  readonly tls?: boolean | TlsToServers;
  /** How often the cluster is asked where nothing gives rise to it, in ms: 1,000 unless told. */
  readonly interval?: number;
  /** What servers call each other ──► where they are reached from here, each `host:port`. */
  readonly natMap?: Readonly<Record<string, string>>;
  /**
   * How long a primary refuses every connection until its best replica is told to stand for election, in ms. Left out:
   * whether it failed, and when, is up to the cluster alone.
   */
  readonly hasten?: number;
  /** The path of a file that keeps the last good servers, for a start at which nobody answers. Left out: none. */
  readonly cache?: string;
}

/** In ms. */
export const DEFAULT_INTERVAL = 1_000;
/** The longest time that a timer of Node takes, in ms. */
const MAX = 2 ** 31 - 1;

const text = must('be text', (value) => typeof value === 'string' && value !== '');
const address = must(ADDRESS_FORM, (value) => parseAddress(value) !== null);
const announcement = must(
  'be told for a host:port, as servers call each other',
  (key) => parseAddress(key) !== null,
);
const time = must(
  `be a whole number of ms, from 100 to ${MAX}`,
  (value) => Number.isInteger(value) && Number(value) >= 100 && Number(value) <= MAX,
);
const tls: Check = (value, path) => (typeof value === 'boolean' ? [] : checkTlsToServers(value, path));

const seeds: Check = (value, path) =>
  Array.isArray(value) && value.length > 0
    ? value.flatMap((each, i) => address(each, [...path, String(i)]))
    : [{ path, message: 'must be a list of at least one server, host:port' }];

const natMap: Check = (value, path) =>
  typeof value !== 'object' || value === null || Array.isArray(value)
    ? [{ path, message: 'must be a mapping of host:port to host:port' }]
    : Object.entries(value).flatMap(([announced, reached]) => {
        const at = [...path, announced];
        return [...announcement(announced, at), ...address(reached, at)];
      });

const checkOptions = mapping(
  { seeds, username: text, password: text, tls, interval: time, natMap, hasten: time, cache: text },
  ({ seeds, username, password }) => {
    if (seeds === undefined) return 'must have seeds: a list of servers of the cluster, host:port';
    return username !== undefined && password === undefined ? 'must have a password, for the username' : null;
  },
);

/** A schema by hand: a plugin depends on the contracts and on what it builds on alone. */
export const optionsSchema: StandardSchema<RedisClusterOptions> = {
  '~standard': { version: 1, vendor: 'shardmux', validate },
};

function validate(value: unknown): SchemaResult<RedisClusterOptions> {
  const issues = checkOptions(value, []);
  return issues.length > 0 ? { issues } : { value: value as RedisClusterOptions };
}

export function readNatMap(given: Readonly<Record<string, string>>): NatMap {
  const entries = Object.entries(given).map((entry) => entry.map(parseAddress));
  return new Map(
    entries.flatMap(([announced, reached]) =>
      announced && reached ? [[formatEndpoint(announced), reached]] : [],
    ),
  );
}

/** @throws {PluginError} `SHARDMUX_PLUGIN_OPTIONS` where a file cannot be read or used. */
export function readTls(given: true | TlsToServers): ConnectionOptions {
  if (given === true) return {};
  const { servername, rejectUnauthorized, ...files } = given;
  return {
    ...loadPem('tls', files),
    ...(servername === undefined ? {} : { servername }),
    ...(rejectUnauthorized === undefined ? {} : { rejectUnauthorized }),
  };
}
