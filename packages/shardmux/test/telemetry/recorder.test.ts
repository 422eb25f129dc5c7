import type { ObservedNode, OperationObserver, Outcome } from '@shardmux/plugin-api';
import { expect, test } from 'vitest';
import { Recorder } from '../../src/telemetry/recorder.js';
import { SlowLog } from '../../src/telemetry/slow-log.js';

const node = (name: string): ObservedNode => ({ name, endpoint: { kind: 'unix', path: `/run/${name}` } });
const [one, two] = [node('one'), node('two')];
const answeredBy = (server: ObservedNode | null): Outcome => ({
  node: server,
  failure: null,
  errorCode: null,
});
const get = { kind: 'command', name: 'get', size: 1 } as const;
const mget = { kind: 'command', name: 'mget', size: 3 } as const;
const part = { kind: 'fragment', name: 'mget', size: 1 } as const;

function record(threshold = 0, length = 10) {
  const slowLog = new SlowLog(threshold, length);
  const recorder = new Recorder(slowLog);
  const observer = recorder.observe({ name: 'alpha', database: 0, gauges: () => [] });
  const operations = observer.operations as OperationObserver;
  const counts = () => recorder.servers.map((server) => [server.node.name, server.latency.count]);
  return { slowLog, operations, counts };
}

test('a command counts for its server, a split one for the servers of its fragments', () => {
  const { slowLog, operations, counts } = record();
  operations.ended(operations.started(get, null), answeredBy(one));
  const whole = operations.started(mget, null);
  const parts = [one, two, one].map((server) => ({ server, mark: operations.started(part, whole) }));
  for (const { server, mark } of parts.toReversed()) operations.ended(mark, answeredBy(server));
  operations.ended(whole, answeredBy(null));

  expect(counts()).toEqual([
    ['one', 3],
    ['two', 1],
  ]);
  expect(slowLog.commands).toMatchObject([
    { command: 'mget', keys: 3, pool: 'alpha', server: 'one', outcome: 'ok' },
    { command: 'get', keys: 1, pool: 'alpha', server: 'one', outcome: 'ok' },
  ]);
});

test('a batch is none of a server, and its commands are kept one by one', () => {
  const { slowLog, operations, counts } = record();
  const batch = operations.started({ kind: 'batch', name: 'pipeline', size: 2 }, null);
  for (const server of [one, two]) operations.ended(operations.started(get, batch), answeredBy(server));
  operations.ended(batch, answeredBy(null));
  expect(counts()).toEqual([
    ['one', 1],
    ['two', 1],
  ]);
  expect(slowLog.commands.map(({ command }) => command)).toEqual(['get', 'get']);
});

test('a server that was not reached has no latency, one that was silent has', () => {
  const { slowLog, operations, counts } = record();
  const outcomes: Outcome[] = [
    { node: one, failure: 'refused', errorCode: null },
    { node: two, failure: 'timeout', errorCode: null },
    { node: two, failure: null, errorCode: 'WRONGTYPE' },
    { node: null, failure: 'refused', errorCode: null },
  ];
  for (const outcome of outcomes) operations.ended(operations.started(get, null), outcome);
  expect(counts()).toEqual([['two', 2]]);
  expect(slowLog.commands.map(({ server, outcome }) => [server, outcome])).toEqual([
    [null, 'refused'],
    ['two', 'WRONGTYPE'],
    ['two', 'timeout'],
    ['one', 'refused'],
  ]);
});

test('what is faster than the threshold is not kept', async () => {
  const { slowLog, operations } = record(15);
  const slow = operations.started({ ...get, name: 'eval' }, null);
  operations.ended(operations.started(get, null), answeredBy(one));
  const before = Date.now();
  await new Promise((resolve) => setTimeout(resolve, 20));
  operations.ended(slow, answeredBy(one));
  expect(slowLog.commands.map(({ command }) => command)).toEqual(['eval']);
  const [{ time, duration }] = slowLog.commands;
  expect(duration).toBeGreaterThan(15);
  expect(Math.abs(time - before)).toBeLessThan(1_000);
});

test('the log keeps the last ones, the latest first', () => {
  const { slowLog, operations } = record(0, 3);
  for (const name of ['a', 'b', 'c', 'd', 'e']) {
    operations.ended(operations.started({ ...get, name }, null), answeredBy(one));
  }
  expect(slowLog.commands.map(({ command }) => command)).toEqual(['e', 'd', 'c']);
});
