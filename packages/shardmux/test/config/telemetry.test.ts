import { expect, test } from 'vitest';
import { faults, read } from '../support/read-config.js';

const POOLS = 'pools: { a: { listen: "127.0.0.1:1", servers: ["127.0.0.1:2:1"] } }';
const TWEMPROXY = 'a:\n  listen: 127.0.0.1:1\n  redis: true\n  servers:\n    - 127.0.0.1:2:1\n';

const off = { listen: null, slowlog: { threshold: 10, length: 128 }, otlp: null };

test.each([`telemetry: {}\n${POOLS}`, POOLS, TWEMPROXY])(
  'nothing is recorded unless asked for: %s',
  (yaml) => {
    expect(read(yaml).telemetry).toEqual(off);
  },
);

test('what is asked for is filled in', () => {
  const yaml = `
telemetry:
  listen: 127.0.0.1:9464
  slowlog: { threshold: 0.5 }
  otlp:
    endpoint: https://otel.example/base/
    headers: { authorization: Bearer x }
${POOLS}`;
  expect(read(yaml).telemetry).toEqual({
    listen: { kind: 'tcp', host: '127.0.0.1', port: 9464 },
    slowlog: { threshold: 0.5, length: 128 },
    otlp: {
      endpoint: 'https://otel.example/base',
      headers: { authorization: 'Bearer x' },
      interval: 60_000,
      sample: 0.01,
    },
  });
});

const URL_FORM = 'must be an http:// or https:// URL without user, password, query or fragment';

test.each([
  ['listen: 9464', '1:22 telemetry.listen: found 9464: must be host:port'],
  ['slowlog: { threshold: -1 }', '1:36 telemetry.slowlog.threshold: found -1: must be a number from 0 to'],
  [
    'slowlog: { length: 0 }',
    '1:33 telemetry.slowlog.length: found 0: must be a whole number from 1 to 65536',
  ],
  ['otlp: { sample: 2 }', '1:30 telemetry.otlp.sample: found 2: must be a number from 0 to 1'],
  ['otlp: { endpoint: localhost }', `1:32 telemetry.otlp.endpoint: found a string: ${URL_FORM}`],
  ['otlp: { endpoint: "ftp://collector" }', `1:32 telemetry.otlp.endpoint: found a string: ${URL_FORM}`],
])('%s is refused', (section, fault) => {
  const [first, ...others] = faults(`telemetry: { ${section} }\n${POOLS}`);
  expect(first).toContain(fault);
  expect(others).toEqual([]);
});

test('a password in a URL and a token in a header are not repeated', () => {
  const otlp = '{ endpoint: "http://me:hunter2@collector", headers: { x-token: 4711 } }';
  const text = faults(`telemetry: { otlp: ${otlp} }\n${POOLS}`).join('\n');
  expect(text).toContain('telemetry.otlp.endpoint: found a string');
  expect(text).toContain('telemetry.otlp.headers.x-token: found a number: must be a text');
  expect(text).not.toMatch(/hunter2|4711/);
});
