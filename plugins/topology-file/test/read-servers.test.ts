import { expect, test } from 'vitest';
import { readServers } from '../src/index.js';

const tcp = (port: number) => ({ kind: 'tcp', host: '10.0.0.1', port }) as const;

const YAML = `
servers:
  - 10.0.0.1:6379:1 one
  - { host: 10.0.0.1, port: 6380, weight: 2, zone: a, slots: [0-5, "7"] }
  - name: three
    path: /tmp/three.sock
    replicas:
      - { host: 10.0.0.1, port: 6381, zone: b }
      - { path: /tmp/copy.sock, name: copy }
`;

const NODES = [
  { name: 'one', endpoint: tcp(6379), weight: 1 },
  {
    name: '10.0.0.1:6380',
    endpoint: tcp(6380),
    weight: 2,
    slots: [
      { first: 0, last: 5 },
      { first: 7, last: 7 },
    ],
    zone: 'a',
  },
  {
    name: 'three',
    endpoint: { kind: 'unix', path: '/tmp/three.sock' },
    weight: 1,
    replicas: [
      { name: '10.0.0.1:6381', endpoint: tcp(6381), zone: 'b' },
      { name: 'copy', endpoint: { kind: 'unix', path: '/tmp/copy.sock' } },
    ],
  },
];

test('YAML and JSON, texts and bytes tell the same servers', () => {
  const json = JSON.stringify({
    servers: [
      '10.0.0.1:6379:1 one',
      { host: '10.0.0.1', port: 6380, weight: 2, zone: 'a', slots: ['0-5', '7'] },
      {
        name: 'three',
        path: '/tmp/three.sock',
        replicas: [
          { host: '10.0.0.1', port: 6381, zone: 'b' },
          { path: '/tmp/copy.sock', name: 'copy' },
        ],
      },
    ],
  });
  for (const text of [YAML, json]) {
    expect(readServers(text)).toEqual(NODES);
    expect(readServers(Buffer.from(text))).toEqual(NODES);
  }
});

test('all faults are told at once, each with its line', () => {
  const text = `servrs: []
servers:
  - h:1
  - { host: h, port: 1, zone: "" }
  - { host: h, port: 0 }
  - h:2:1 one
  - { host: h, port: 3, replicas: [{ host: h }, { path: /s, weight: 1 }] }
  - { host: h, port: 4, replicas: [{ host: h, port: 5, name: one }, { host: h, port: 4 }] }
  - { host: h, port: 6, replicas: h:7 }
`;
  expect(() => readServers(text, '/etc/servers.yaml')).toThrow(
    expect.objectContaining({
      code: 'SHARDMUX_CONFIG_INVALID',
      message: [
        '/etc/servers.yaml:1:1: servrs: found an unknown key: must be one of servers; did you mean servers?',
        '/etc/servers.yaml:3:5: servers.0: found "h:1": must be host:port:weight or /path:weight, with a port from 1 to 65535 and a weight from 1 to 2147483647, and after a blank an optional name',
        '/etc/servers.yaml:4:31: servers.1.zone: found "": must be a text that is not empty',
        '/etc/servers.yaml:5:22: servers.2.port: found 0: must be a port from 1 to 65535',
        '/etc/servers.yaml:7:36: servers.4.replicas.0: found a mapping: must have either host and port, or path',
        '/etc/servers.yaml:7:61: servers.4.replicas.1.weight: found an unknown key: must be one of host, port, path, name, zone',
        '/etc/servers.yaml:8:36: servers.5.replicas.0: found the name "one", as servers.3 has: must be a name of its own',
        '/etc/servers.yaml:8:69: servers.5.replicas.1: found the name "h:4", as servers.5 has: must be a name of its own',
        '/etc/servers.yaml:9:35: servers.6.replicas: found "h:7": must be a list of replicas',
      ].join('\n'),
    }),
  );
});

test.each([
  ['nothing', '', 'servers:1:1: found nothing: must be a mapping'],
  ['no servers', '{}', 'servers:1:1: servers: found nothing: must be a list of at least one server'],
  [
    'an empty list',
    'servers: []',
    'servers:1:10: servers: found an empty list: must be a list of at least one',
  ],
  ['a list alone', '[h:1:1]', 'servers:1:1: found a list: must be a mapping'],
  ['two documents', 'servers: [h:1:1]\n---\n', 'servers:2:1: found a second document: must be one document'],
  ['a key twice', 'servers: [h:1:1]\nservers: [h:1:1]', 'servers:2:1: servers: found the key a second time'],
  ['no YAML', 'servers: [', 'servers:1:11: found a fault in the YAML'],
  ['an unprintable character', 'servers: \u0007', 'servers:1:10: found an unprintable character'],
])('%s is refused', (_, text, message) => {
  expect(() => readServers(text)).toThrow(message);
});

test('bytes of another encoding are refused', () => {
  expect(() => readServers(Uint8Array.of(0xff))).toThrow('servers:1:1: found bytes that are not UTF-8');
});
