import { expect, test } from 'vitest';
import { faults, read } from '../support/read-config.js';

const MINIMAL = `
pools:
  alpha:
    listen: 127.0.0.1:22121
    servers: [127.0.0.1:6379:1]
`;

test('what a file leaves out has its default', () => {
  expect(read(MINIMAL)).toEqual({
    workers: 1,
    drainDelay: 0,
    drainTimeout: 10_000,
    stats: { listen: { kind: 'tcp', host: '127.0.0.1', port: 22222 }, interval: 30_000 },
    log: { level: 'info', file: null },
    telemetry: { listen: null, slowlog: { threshold: 10, length: 128 }, otlp: null },
    health: { listen: null },
    pools: [
      {
        name: 'alpha',
        listen: { kind: 'tcp', host: '127.0.0.1', port: 22121 },
        backlog: 511,
        hash: { use: 'fnv1a_64', options: {} },
        hashTag: null,
        distribution: { use: 'ketama', options: {} },
        topology: {
          use: 'file',
          options: {
            servers: [
              {
                name: '127.0.0.1:6379',
                endpoint: { kind: 'tcp', host: '127.0.0.1', port: 6379 },
                weight: 1,
              },
            ],
          },
        },
        proxyProtocol: null,
        failover: null,
        coordination: null,
        reads: { use: 'primary', options: {} },
        zone: null,
        register: null,
        codec: { use: 'resp', options: {} },
        transport: { use: 'tcp', options: {} },
        telemetry: [],
        password: null,
        cluster: null,
        users: null,
        aclFile: null,
        deny: null,
        database: 0,
        channels: 'hashed',
        timeout: 5_000,
        connectTimeout: 2_000,
        reconnect: { min: 50, max: 2_000 },
        keepAlive: { client: 300_000, server: 300_000 },
        noDelay: true,
        preconnect: false,
        serverConnections: 1,
        retry: 'none',
        crossShard: 'refuse',
        limits: {
          maxClients: 10_000,
          maxConnectionsPerAddress: 0,
          maxConnectionsPerUser: 0,
          maxArguments: 1_048_576,
          maxBulkLength: 536_870_912,
          maxInlineLength: 65_536,
          maxKeyLength: 536_870_912,
          maxPipeline: 1_024,
          maxSessionBytes: 16_777_216,
          maxOutputBytes: 1_073_741_824,
          maxLinkBytes: 67_108_864,
          maxPrivateLinks: 1_000,
          idleTimeout: 0,
        },
      },
    ],
  });
});

test('what goes with a Redis Cluster need not be written, and may be', () => {
  const pool = (yaml: string) =>
    read(
      `pools: { a: { listen: "127.0.0.1:1", topology: { use: redis-cluster, seeds: ["h:7000"] } ${yaml} } }`,
    ).pools[0]!;
  expect(pool('')).toMatchObject({
    hash: { use: 'redis-cluster' },
    distribution: { use: 'slots', options: { splitBy: 'slot' } },
    topology: { use: 'redis-cluster', options: { seeds: ['h:7000'] } },
  });
  expect(pool(', hash: crc32, distribution: modula')).toMatchObject({
    hash: { use: 'crc32' },
    distribution: { use: 'modula' },
  });
});

test('plugins come by name, or with options', () => {
  const [pool] = read(`
pools:
  alpha:
    listen: "[::1]:22121"
    hash: { use: murmur }
    hashTag: "{}"
    distribution: modula
    failover: { use: auto-eject, failureLimit: 5 }
    servers: ["127.0.0.1:6379:1"]
`).pools;
  expect(pool).toMatchObject({
    listen: { kind: 'tcp', host: '::1', port: 22121 },
    hash: { use: 'murmur', options: {} },
    hashTag: { open: 0x7b, close: 0x7d },
    distribution: { use: 'modula', options: {} },
    failover: { use: 'auto-eject', options: { failureLimit: 5 } },
  });
});

test('servers are the same however they are written', () => {
  const named = (yaml: string) =>
    read(`pools: { a: { listen: "/tmp/a.sock 0600", ${yaml} } }`).pools[0].topology;
  const expected = {
    use: 'file',
    options: {
      servers: [
        { name: '10.0.0.1:6379', endpoint: { kind: 'tcp', host: '10.0.0.1', port: 6379 }, weight: 1 },
        { name: '[::1]:6380', endpoint: { kind: 'tcp', host: '::1', port: 6380 }, weight: 2 },
        { name: 'h', endpoint: { kind: 'tcp', host: 'h', port: 11211 }, weight: 1 },
        { name: '/tmp/x.sock:', endpoint: { kind: 'unix', path: '/tmp/x.sock' }, weight: 1 },
        { name: 'me', endpoint: { kind: 'unix', path: '/tmp/y.sock' }, weight: 1 },
      ],
    },
  };
  const texts = '["10.0.0.1:6379:1", "[::1]:6380:2", "h:11211:1", "/tmp/x.sock:1", "/tmp/y.sock:1 me"]';
  const mappings =
    '[{ host: 10.0.0.1, port: 6379 }, { host: "::1", port: 6380, weight: 2 }, { host: h, port: 11211 }, ' +
    '{ path: /tmp/x.sock }, { path: /tmp/y.sock, name: me }]';
  expect(named(`servers: ${texts}`)).toEqual(expected);
  expect(named(`servers: ${mappings}`)).toEqual(expected);
  expect(named(`topology: { use: file, servers: ${texts} }`)).toEqual(expected);
});

test('balancers are addresses and networks', () => {
  const balancers = (trusted: string) =>
    `pools: { a: { listen: "h:1", servers: ["h:1:1"], proxyProtocol: ${trusted} } }`;
  const good = ['10.0.0.1', '10.0.0.0/8', '0.0.0.0/0', '::1', '2001:db8::/32', 'fe80::/128'];
  expect(read(balancers(JSON.stringify({ trusted: good }))).pools[0].proxyProtocol).toEqual({
    trusted: good,
  });
  for (const bad of [
    '',
    'h',
    '10.0.0',
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '10.0.0.0/-1',
    '::/129',
  ]) {
    const found = `found ${JSON.stringify(bad)}: must be an IP address, or a network such as 10.0.0.0/8`;
    expect(faults(balancers(JSON.stringify({ trusted: [bad] })))).toEqual([expect.stringContaining(found)]);
  }
  for (const none of ['{}', '{ trusted: [] }', '{ trusted: 10.0.0.1 }', 'true']) {
    expect(faults(balancers(none))).toHaveLength(1);
  }
});

test('the whole is frozen', () => {
  const config = read(MINIMAL);
  expect(Object.isFrozen(config.pools[0].limits)).toBe(true);
  expect(Object.isFrozen(config.stats.listen)).toBe(true);
});

test('anchors and merges of values are plain YAML', () => {
  const [alpha, beta] = read(`
pools:
  alpha: { listen: "127.0.0.1:1", servers: &servers ["h:1:1"], timeout: &time 9 }
  beta: { listen: "127.0.0.1:2", servers: *servers, timeout: *time }
`).pools;
  expect(beta!.topology).toEqual(alpha!.topology);
  expect(beta!.timeout).toBe(9);
});

test('all faults are told at once, in the order of the file', () => {
  expect(
    faults(`wrkers: 1
workers: 0
stats: { listen: 22222, interval: soon }
log:
  level: verbose
pools:
  alpha:
    listen: 127.0.0.1
    hash: fnv1a_65
    hashtag: "{}"
    failover: { use: auto-eject, failureLimit: 0, retry: 3 }
    password: 1234
    servers:
      - 127.0.0.1:6379 one
      - { host: 127.0.0.1, nme: two }
      - h:1:1 x
      - g:1:1 x
    timeout: 1.5
    limits: { maxClients: -1 }
  beta:
    listen: 127.0.0.1:22121
    hash: {}
    distribution: { use: ketama, points: 3 }
    topology: { use: consul }
    servers: []
  gamma:
    listen: 127.0.0.1:22121
    servers:
  delta:
    listen: "127.0.0.1:022121"
    listen: 5
`),
  ).toEqual([
    expect.stringMatching(/^1:1 wrkers: found an unknown key: .*; did you mean workers\?$/),
    '2:10 workers: found 0: must be a whole number from 1 to 1024',
    '3:18 stats.listen: found 22222: must be host:port or [IPv6]:port with a port from 1 to 65535',
    expect.stringMatching(/^3:35 stats.interval: found "soon": must be a whole number of milliseconds/),
    '5:10 log.level: found "verbose": must be one of fatal, error, warn, info, debug, trace',
    expect.stringMatching(/^8:13 pools.alpha.listen: found "127.0.0.1": must be host:port/),
    expect.stringMatching(/^9:11 pools.alpha.hash: found "fnv1a_65": .*; did you mean fnv1a_64\?$/),
    expect.stringMatching(/^10:5 pools.alpha.hashtag: found an unknown key: .*; did you mean hashTag\?$/),
    '11:48 pools.alpha.failover.failureLimit: found 0: must be a whole number from 1 to 2147483647',
    expect.stringMatching(/^11:58 pools.alpha.failover.retry: found 3: must be left out/),
    expect.stringMatching(/^12:15 pools.alpha.password: found a number: must be a text/),
    expect.stringMatching(
      /^14:9 pools.alpha.servers.0: found "127.0.0.1:6379 one": must be host:port:weight/,
    ),
    '15:9 pools.alpha.servers.1: found a mapping: must have either host and port, or path',
    expect.stringMatching(/^15:28 pools.alpha.servers.1.nme: found an unknown key: .*; did you mean name\?$/),
    '17:9 pools.alpha.servers.3: found the name "x", as pools.alpha.servers.2 has: must be a name of its own',
    expect.stringMatching(/^18:14 pools.alpha.timeout: found 1.5: /),
    expect.stringMatching(/^19:27 pools.alpha.limits.maxClients: found -1: /),
    '20:3 pools.beta: found both servers and topology: must have one of the two',
    '22:5 pools.beta.hash.use: found nothing: must be the name of a plugin',
    '23:42 pools.beta.distribution.points: found 3: must be left out: the plugin takes no options',
    '24:22 pools.beta.topology.use: found "consul": must be one of etcd, file, redis-cluster, sentinel, zookeeper, a package (npm install shardmux-plugin-topology-consul)',
    '25:14 pools.beta.servers: found an empty list: must be a list of at least one server',
    '27:13 pools.gamma.listen: found 127.0.0.1:22121, as pools.beta.listen has: must be an address of its own',
    '28:13 pools.gamma.servers: found null: must be a list of at least one server',
    '29:3 pools.delta: found neither servers nor topology: must have one of the two',
    expect.stringMatching(/^30:13 pools.delta.listen: found 5: must be host:port/),
    '31:5 pools.delta.listen: found the key a second time: must stand once',
  ]);
});

test.each([
  ['a fault in the YAML', 'pools: [', /^1:9 : found a fault in the YAML: /],
  [
    'bytes of another encoding',
    'pools: \u0007',
    /^1:8 : found an unprintable character, "\\u0007": must be text$/,
  ],
  ['no pool', 'pools: {}', /^1:8 pools: found an empty mapping: must be a mapping of at least one pool$/],
  ['nothing for pools', 'pools:', /^1:7 pools: found null: must be a mapping of pools$/],
  ['nothing for a pool', 'pools: { a: }', /^1:\d+ pools.a: found null: must be a mapping$/],
  ['no pools', 'workers: 2', /pools: found nothing: must be a mapping of pools$/],
  ['a pool without a name', 'pools: { "": { listen: "h:1", servers: ["h:1:1"] } }', /found an empty key/],
  ['two documents', 'pools: {}\n---\npools: {}', /^2:1 : found a second document: must be one document$/],
  [
    'a plugin of the wrong form',
    MINIMAL.replace('servers:', 'hash: 5\n    servers:'),
    /hash: found 5: must be the name/,
  ],
])('%s', (_, yaml, expected) => {
  expect(faults(yaml)).toEqual([expect.stringMatching(expected)]);
});

test('aliases that grow without end are refused', () => {
  const levels = Array.from({ length: 9 }, (_, i) => `l${i + 1}: &l${i + 1} [${`*l${i}, `.repeat(9)}*l${i}]`);
  expect(faults(`l0: &l0 [x, x]\n${levels.join('\n')}\npools: {}\n`)).toEqual([
    expect.stringMatching(/found too many aliases/),
  ]);
});
