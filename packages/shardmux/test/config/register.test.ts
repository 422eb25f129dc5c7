import { expect, test } from 'vitest';
import { faults, read } from '../support/read-config.js';

const ETCD = 'coordination: { use: etcd, endpoints: ["http://127.0.0.1:2379"] }';
const yamlOf = (listen: string, ...keys: string[]) =>
  [
    'pools:',
    '  alpha:',
    `    listen: "${listen}"`,
    '    servers: ["127.0.0.1:2:1"]',
    ...keys.map((key) => `    ${key}`),
  ].join('\n');

test.each([
  ['127.0.0.1:1', [], null],
  ['127.0.0.1:1', ['register: {}', ETCD], { kind: 'tcp', host: '127.0.0.1', port: 1 }],
  ['0.0.0.0:1', ['register: { as: "proxy-1:7" }', ETCD], { kind: 'tcp', host: 'proxy-1', port: 7 }],
  ['/run/a.sock', ['register: { as: "proxy-1:7" }', ETCD], { kind: 'tcp', host: 'proxy-1', port: 7 }],
])('on %s with %j', (listen, keys, as) => {
  expect(read(yamlOf(listen, ...keys)).pools[0].register).toEqual(as && { as });
});

const NO_AS =
  '5:5 pools.alpha.register: found no as: must have it: nobody elsewhere can connect to where it listens';

test.each([
  ['127.0.0.1:1', ['register: {}'], '5:5 pools.alpha.register: found no coordination: must have it beside'],
  ['0.0.0.0:1', ['register: {}', ETCD], NO_AS],
  ['[::]:1', ['register: {}', ETCD], NO_AS],
  ['/run/a.sock', ['register: {}', ETCD], NO_AS],
  [
    '127.0.0.1:1',
    ['register: { as: proxy-1 }', ETCD],
    '5:21 pools.alpha.register.as: found "proxy-1": must be host:port',
  ],
])('on %s with %j: refused', (listen, keys, fault) => {
  expect(faults(yamlOf(listen, ...keys))).toEqual([expect.stringContaining(fault)]);
});
