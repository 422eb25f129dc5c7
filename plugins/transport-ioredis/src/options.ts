import type { ConnectionOptions } from 'node:tls';
import type { SchemaResult, StandardSchema } from '@shardmux/plugin-api';
import {
  type Check,
  checkTlsToServers,
  loadPem,
  mapping,
  must,
  type TlsToServers,
} from '@shardmux/plugin-transport-tcp';
import type { IoredisOptions } from './ioredis-options.js';

/** The part of ioredis' options that a file can hold, named alike. Only `tls` differs: it names PEM files. */
export interface FileOptions {
  /** True: encrypted, with the authorities that Node comes with. */
  readonly tls?: boolean | TlsToServers;
  /** Of the address that a name stands for: 4, 6, or 0 for either. */
  readonly family?: 0 | 4 | 6;
  /** In ms; 0 leaves it to the system. */
  readonly connectTimeout?: number;
  /** Idle time before TCP keep-alive probes, in ms; 0 for none. */
  readonly keepAlive?: number;
  readonly noDelay?: boolean;
  readonly username?: string;
  readonly password?: string;
  readonly db?: number;
  readonly connectionName?: string;
  readonly sentinels?: readonly SentinelAddress[];
  /** Of the group that Sentinel watches. Left out: each server's host is the name of its group. */
  readonly name?: string;
  readonly role?: 'master' | 'slave';
  readonly sentinelUsername?: string;
  readonly sentinelPassword?: string;
  /** Connections to Sentinels. */
  readonly sentinelTLS?: boolean | TlsToServers;
  /** Whether `tls` is for the servers that Sentinel names. */
  readonly enableTLSForSentinelMode?: boolean;
  /** Whether further Sentinels are learnt from those that are known. */
  readonly updateSentinels?: boolean;
  /** Whether links are dropped as soon as a Sentinel tells of a new primary. */
  readonly failoverDetector?: boolean;
}

export interface SentinelAddress {
  readonly host: string;
  /** Left out: 26379. */
  readonly port?: number;
}

/** The longest time that a timer of Node takes, in ms. */
const MAX = 2 ** 31 - 1;

const text = must('be text', (value) => typeof value === 'string' && value !== '');
const flag = must('be true or false', (value) => typeof value === 'boolean');
const time = must(`be a whole number of ms, from 0 to ${MAX}`, whole(0, MAX));
const family = must('be 4, 6, or 0 for either', (value) => value === 4 || value === 6 || value === 0);
const clientName = must(
  'be text without blanks',
  (value) => typeof value === 'string' && /^[!-~]+$/.test(value),
);
const role = must('be master or slave', (value) => value === 'master' || value === 'slave');

const checkTls: Check = (value, path) => (typeof value === 'boolean' ? [] : checkTlsToServers(value, path));
const checkSentinel = mapping({ host: text, port: must('be a port', whole(1, 65_535)) }, ({ host }) =>
  host === undefined ? 'must have a host' : null,
);
const checkSentinels: Check = (value, path) =>
  Array.isArray(value) && value.length > 0
    ? value.flatMap((each, i) => checkSentinel(each, [...path, String(i)]))
    : [{ path, message: 'must be a list of at least one Sentinel' }];

/** Of no use but with Sentinels. */
const ofSentinel: Readonly<Record<string, Check>> = {
  name: text,
  role,
  sentinelUsername: text,
  sentinelPassword: text,
  sentinelTLS: checkTls,
  enableTLSForSentinelMode: flag,
  updateSentinels: flag,
  failoverDetector: flag,
};

const IN_CODE = 'must be left out of a configuration: code can give it, by ioredisPlugin';
const IN_POOL = 'must be left out: where servers are, the pool says';

/** What ioredis has, and a configuration cannot have. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  ...{ host: IN_POOL, port: IN_POOL, path: IN_POOL },
  ...{ Connector: IN_CODE, retryStrategy: IN_CODE, natMap: IN_CODE, preferredSlaves: IN_CODE },
  ...{ sentinelRetryStrategy: IN_CODE, sentinelReconnectStrategy: IN_CODE },
};

const checkOptions = mapping(
  {
    tls: checkTls,
    family,
    connectTimeout: time,
    keepAlive: time,
    noDelay: flag,
    username: text,
    password: text,
    db: must('be a whole number', whole(0, MAX)),
    connectionName: clientName,
    sentinels: checkSentinels,
    ...ofSentinel,
  },
  (given) => {
    const idle = Object.keys(ofSentinel).filter((key) => given[key] !== undefined);
    return idle.length > 0 && given.sentinels === undefined
      ? `must have sentinels, for ${idle.join(', ')}`
      : null;
  },
);

/** A schema by hand: a plugin depends on the contracts and on what it builds on alone. */
export const optionsSchema: StandardSchema<FileOptions> = {
  '~standard': { version: 1, vendor: 'shardmux', validate },
};

function validate(value: unknown): SchemaResult<FileOptions> {
  const issues = checkOptions(value, []).map((issue) => {
    const key = String(issue.path?.[0]);
    return Object.hasOwn(ELSEWHERE, key) ? { ...issue, message: ELSEWHERE[key] } : issue;
  });
  return issues.length > 0 ? { issues } : { value: value as FileOptions };
}

/**
 * The options as code would give them.
 * @throws {PluginError} `SHARDMUX_PLUGIN_OPTIONS` where a file cannot be read or used.
 */
export function readOptions({ tls, sentinelTLS, sentinels, ...others }: FileOptions): IoredisOptions {
  return {
    ...others,
    ...(sentinels === undefined ? {} : { sentinels: sentinels.map((each) => ({ ...each })) }),
    ...(tls ? { tls: readTls('tls', tls) } : {}),
    ...(sentinelTLS ? { sentinelTLS: readTls('sentinelTLS', sentinelTLS) } : {}),
  };
}

function readTls(option: string, given: true | TlsToServers): ConnectionOptions {
  if (given === true) return {};
  const { servername, rejectUnauthorized, ...files } = given;
  return {
    ...loadPem(option, files),
    ...(servername === undefined ? {} : { servername }),
    ...(rejectUnauthorized === undefined ? {} : { rejectUnauthorized }),
  };
}

function whole(min: number, max: number): (value: unknown) => boolean {
  return (value) => Number.isInteger(value) && (value as number) >= min && (value as number) <= max;
}
