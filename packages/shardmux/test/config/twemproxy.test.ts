import { freePort, startNutcracker } from '@shardmux/testing';
import { expect, test } from 'vitest';
import { faults, read } from '../support/read-config.js';
import { readStats } from '../support/read-stats.js';

const MINIMAL = `
alpha:
  listen: 127.0.0.1:22121
  redis: true
  servers:
   - 127.0.0.1:6379:1
`;

test('what a file leaves out is as in Twemproxy', () => {
  const { pools, stats, workers } = read(MINIMAL);
  expect(workers).toBe(1);
  expect(stats).toEqual({ listen: { kind: 'tcp', host: '0.0.0.0', port: 22222 }, interval: 30_000 });
  expect(pools).toHaveLength(1);
  expect(pools[0]).toMatchObject({
    name: 'alpha',
    listen: { kind: 'tcp', host: '127.0.0.1', port: 22121 },
    backlog: 512,
    hash: { use: 'fnv1a_64' },
    hashTag: null,
    distribution: { use: 'ketama' },
    failover: null,
    coordination: null,
    reads: { use: 'primary' },
    zone: null,
    register: null,
    codec: { use: 'resp' },
    password: null,
    cluster: null,
    users: null,
    aclFile: null,
    deny: null,
    database: 0,
    timeout: 0,
    keepAlive: { client: 0 },
    noDelay: true,
    preconnect: false,
    serverConnections: 1,
    retry: 'none',
    crossShard: 'refuse',
    limits: { maxClients: 0, idleTimeout: 0 },
  });
});

test('every directive arrives', () => {
  const [pool] = read(`
alpha:
  listen: /tmp/alpha.sock 0660
  hash: murmur
  hash_tag: "{}"
  distribution: modula
  timeout: 400
  backlog: 1024
  client_connections: 7
  redis: true
  redis_auth: secret
  redis_db: 3
  preconnect: true
  auto_eject_hosts: true
  server_connections: 4
  server_retry_timeout: 2000
  server_failure_limit: 3
  tcpkeepalive: true
  reuseport: true
  servers:
   - 10.0.0.1:6379:2 one
   - /tmp/two.sock:1
`).pools;
  expect(pool).toMatchObject({
    listen: { kind: 'unix', path: '/tmp/alpha.sock', mode: 0o660 },
    hash: { use: 'murmur' },
    hashTag: { open: 0x7b, close: 0x7d },
    distribution: { use: 'modula' },
    timeout: 400,
    backlog: 1024,
    password: 'secret',
    database: 3,
    preconnect: true,
    failover: { use: 'auto-eject', options: { failureLimit: 3, retryTimeout: 2000 } },
    serverConnections: 4,
    keepAlive: { client: 7_200_000 },
    limits: { maxClients: 7 },
  });
  expect(pool!.topology).toEqual({
    use: 'file',
    options: {
      servers: [
        { name: 'one', endpoint: { kind: 'tcp', host: '10.0.0.1', port: 6379 }, weight: 2 },
        { name: '/tmp/two.sock:', endpoint: { kind: 'unix', path: '/tmp/two.sock' }, weight: 1 },
      ],
    },
  });
});

test('no failure at all is one failure; no wait is the shortest', () => {
  const directives =
    '  auto_eject_hosts: true\n  server_failure_limit: 0\n  server_retry_timeout: 0\n  redis';
  const [pool] = read(MINIMAL.replace('  redis', directives)).pools;
  expect(pool!.failover?.options).toEqual({ failureLimit: 1, retryTimeout: 1 });
});

test('a tag of one character in two bytes is two bytes', () => {
  const [pool] = read(MINIMAL.replace('  redis', '  hash_tag: é\n  redis')).pools;
  expect(pool!.hashTag).toEqual({ open: 0xc3, close: 0xa9 });
});

test('servers are named as the real Twemproxy names them', async () => {
  const lines = [
    'localhost:6379:1',
    'localhost:06380:1',
    'localhost:11211:1',
    '127.0.0.1:6379:3 alias',
    '/tmp/some.sock:1',
    '/tmp/other.sock:1 socket',
    '"::1:6379:1"',
    '"[::1]:6379:1"',
    '"h:1:1 with:colon"',
    '"h:2:1 "',
  ];
  const yaml = `alpha:
  listen: 127.0.0.1:${await freePort()}
  redis: true
  servers:
${lines.map((line) => `   - ${line}\n`).join('')}`;
  const nutcracker = await startNutcracker(yaml);
  try {
    const { alpha } = await readStats(nutcracker.statsPort);
    const theirs = Object.keys(alpha!).filter((name) => typeof alpha![name] === 'object');
    const [pool] = read(yaml).pools;
    const { servers } = pool!.topology.options as { servers: { name: string }[] };
    expect(servers.map(({ name }) => name).toSorted()).toEqual(theirs.toSorted());
  } finally {
    await nutcracker.stop();
  }
});

test('all faults are told at once, in the order of the file', () => {
  expect(
    faults(`alpha:
  listen: 127.0.0.1:0
  redi: true
  timeout: "x"
  hash: md4
  redis_auth:
  servers:
   - h:1:1
   - 1:1
   - h:1:2
beta:
  listen: 127.0.0.1:22122
  redis: true
  redis: true
gamma:
  listen: 127.0.0.1:22122
  redis: false
  servers: h:1:1
`),
  ).toEqual([
    expect.stringMatching(/^1:1 alpha.redis: found a Memcached pool .*Memcached pools are not served yet/),
    expect.stringMatching(/^2:11 alpha.listen: found "127.0.0.1:0": must be host:port/),
    expect.stringMatching(/^3:3 alpha.redi: found an unknown directive: .* did you mean redis\?$/),
    '4:12 alpha.timeout: found "x": must be a whole number from 0 to 2147483647',
    expect.stringMatching(/^5:9 alpha.hash: found "md4": must be one of .*; did you mean md5\?$/),
    expect.stringMatching(/^6:14 alpha.redis_auth: found no text: /),
    expect.stringMatching(/^9:6 alpha.servers.1: found "1:1": must be host:port:weight/),
    '10:6 alpha.servers.2: found the name "h:1", as alpha.servers.0 has: must be a name of its own',
    '11:1 beta.servers: found nothing: must be given',
    '14:3 beta.redis: found the key a second time: must stand once',
    '16:11 gamma.listen: found 127.0.0.1:22122, as beta.listen has: must be an address of its own',
    expect.stringMatching(/^17:10 gamma.redis: found a Memcached pool .* Set "redis: true" in pool "gamma"$/),
    '18:12 gamma.servers: found "h:1:1": must be a list of at least one server',
  ]);
});

test('an empty file has no pools', () => {
  expect(faults('')).toEqual(['1:1 : found nothing: must be a mapping of pools']);
});

test('a password is in no message', () => {
  const yaml = MINIMAL.replace('  redis', '  redis_auth: [hunter2]\n  redis');
  expect(faults(yaml).join('\n')).toMatch(/redis_auth/);
  expect(faults(yaml).join('\n')).not.toMatch(/hunter2/);
});
