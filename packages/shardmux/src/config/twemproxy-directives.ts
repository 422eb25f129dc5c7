import { mustBeOneOf, parseDecimal } from '@shardmux/config-file';
import { LISTEN_FORM, parseListen } from './address.js';
import { HASH_TAG_FORM, parseHashTag } from './hash-tag.js';

/** What a pool's directives say; those that are left out have no value. The list of servers is not among them. */
export interface Directives {
  listen: string;
  hash: string;
  hash_tag: string;
  distribution: string;
  timeout: number;
  backlog: number;
  client_connections: number;
  redis: boolean;
  redis_auth: string;
  redis_db: number;
  preconnect: boolean;
  auto_eject_hosts: boolean;
  server_connections: number;
  server_retry_timeout: number;
  server_failure_limit: number;
  tcpkeepalive: boolean;
  reuseport: boolean;
}

/** How the text of a value is read; `null` for a text that is refused. */
export interface Directive<Value> {
  read(text: string): Value | null;
  /** What is allowed instead of a text that is refused. */
  expected(text: string): string;
}

const number: Directive<number> = {
  read: parseDecimal,
  expected: () => 'must be a whole number from 0 to 2147483647',
};

const positive: Directive<number> = {
  read: (text) => parseDecimal(text) || null,
  expected: () => 'must be a whole number from 1 to 2147483647',
};

const boolean: Directive<boolean> = {
  read: (text) => (text === 'true' ? true : text === 'false' ? false : null),
  expected: () => 'must be true or false, in lower case',
};

function oneOf(...allowed: readonly string[]): Directive<string> {
  return {
    read: (text) => (allowed.includes(text) ? text : null),
    expected: (text) => mustBeOneOf(text, allowed),
  };
}

/** A text of the form that a parser knows. */
function formed(form: string, parse: (text: string) => unknown): Directive<string> {
  return { read: (text) => (parse(text) === null ? null : text), expected: () => form };
}

/** In the names of Twemproxy 0.5.0. `reuseport` came after it. */
export const directives: { readonly [Name in keyof Directives]: Directive<Directives[Name]> } = {
  listen: formed(LISTEN_FORM, parseListen),
  hash: oneOf(
    ...['one_at_a_time', 'md5', 'crc16', 'crc32', 'crc32a', 'fnv1_64', 'fnv1a_64', 'fnv1_32', 'fnv1a_32'],
    ...['hsieh', 'murmur', 'jenkins'],
  ),
  hash_tag: formed(HASH_TAG_FORM, parseHashTag),
  distribution: oneOf('ketama', 'modula', 'random'),
  timeout: number,
  backlog: number,
  client_connections: number,
  redis: boolean,
  redis_auth: { read: (text) => text, expected: () => 'must be a text' },
  redis_db: number,
  preconnect: boolean,
  auto_eject_hosts: boolean,
  server_connections: positive,
  server_retry_timeout: number,
  server_failure_limit: number,
  tcpkeepalive: boolean,
  reuseport: boolean,
};
