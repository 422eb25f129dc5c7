import { type CorpusFile, directive, file, pool } from './corpus-file.js';
import { WRAPS } from './reasons.js';

const NUMBERS = [
  ...['timeout', 'backlog', 'client_connections', 'redis_db', 'server_connections'],
  ...['server_retry_timeout', 'server_failure_limit'],
];
const BOOLEANS = ['preconnect', 'auto_eject_hosts', 'tcpkeepalive'];
const HASHES = [
  ...['one_at_a_time', 'md5', 'crc16', 'crc32', 'crc32a', 'fnv1_64', 'fnv1a_64', 'fnv1_32', 'fnv1a_32'],
  ...['hsieh', 'murmur', 'jenkins'],
];

export const generated: CorpusFile[] = [
  ...NUMBERS.flatMap((name) =>
    ['0', '1', '-1', '+1', '1.5', '007', '0x10', '2147483647', '2147483648', '"12"', '""', 'true', '~'].map(
      (value) => directive(`${name}: ${value}`),
    ),
  ),
  ...BOOLEANS.flatMap((name) =>
    ['true', 'false', '"true"', "'false'", 'True', 'yes', 'on', '1', '""', '" true"'].map((value) =>
      directive(`${name}: ${value}`),
    ),
  ),
  ...[...HASHES, 'FNV1A_64', 'sha1', '""', '~'].map((hash) => directive(`hash: ${hash}`)),
  ...['ketama', 'modula', 'random', 'Ketama', 'rendezvous', '""'].map((name) =>
    directive(`distribution: ${name}`),
  ),
  ...[...NUMBERS, ...BOOLEANS].map((name) => {
    const value = BOOLEANS.includes(name) ? 'true' : '1';
    return file(`${name} twice`, pool(`${name}: ${value}`, `${name}: ${value}`));
  }),
];

export const directives: CorpusFile[] = [
  ...['"{}"', "'{}'", '"{{"', 'ab', '12', '"  "', 'é', '"\\u00e9"', '"{"', '"{}}"', '""', '日', '{}'].map(
    (tag) => directive(`hash_tag: ${tag}`),
  ),
  ...[
    'secret',
    '123',
    '"a b"',
    'é',
    '""',
    '',
    'foo#bar',
    'a, b',
    'foo: bar',
    '-foo',
    '- foo',
    'a]b',
    ']',
  ].map((auth) => directive(`redis_auth: ${auth}`)),
  ...['Timeout: 1', 'timeouts: 1', 'failover: x', '<<: x', 'timeout:5', 'timeout :  5', '"timeout": 5'].map(
    (line) => directive(line),
  ),
  ...['? timeout\n  : 5', 'timeout:\n    5', 'timeout: |-\n    5', 'timeout: |\n    5', 'timeout: 5 6'].map(
    (line) => directive(line),
  ),
  ...[
    'timeout: 5 # why',
    'timeout: 5\t',
    '# nothing',
    'timeout: !!int 5',
    'timeout: &a 5',
    'timeout: *a',
  ].map((line) => directive(line)),
  ...[
    'timeout: [5]',
    'timeout: {a: 5}',
    'timeout:\n   - 5',
    'nested:\n    a: b',
    '\ttimeout: 5',
    'redis: true',
  ].map((line) => directive(line)),
  directive('timeout: 4294967296', WRAPS),
  directive('server_retry_timeout: 99999999999', WRAPS),
  directive('reuseport: true', 'later versions of Twemproxy know it'),
];
