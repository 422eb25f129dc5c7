import { inspect } from 'node:util';
import { isPromise } from 'node:util/types';
import type {
  ObservedNode,
  ObservedPool,
  Operation,
  OperationObserver,
  Outcome,
  PoolObserver,
  Telemetry,
} from '@shardmux/plugin-api';
import { type ConformanceCase, timedCase } from './conformance-case.js';
import { FAILURES } from './failures.js';
import { type Proof, TIME_LIMIT } from './proof.js';

export interface TelemetrySuiteOptions {
  /**
   * What the instance that was created last, and is stopped by now, has made of the operations that ended. Left out
   * where that cannot be seen from outside.
   */
  readonly recorded?: () => readonly RecordedOperation[] | Promise<readonly RecordedOperation[]>;
  /** How long one check may take, in ms: 4,000 unless told. */
  readonly limit?: number;
}

/** An operation as it came out at a telemetry's far end. */
export interface RecordedOperation {
  /** As it was told, in lower case. */
  readonly name: string;
  /** The name of the batch or the split command that it is part of, or `null`. */
  readonly within: string | null;
  /** The failure or the server's error; `null` where all went well. */
  readonly error: string | null;
}

type Recorded = NonNullable<TelemetrySuiteOptions['recorded']>;

type Suite = readonly [
  promise: string,
  prove: (proof: Proof, telemetry: Telemetry) => void | Promise<void>,
][];

const forAll: Suite = [
  ['observes every pool', observesPools],
  ['takes all that happens to a pool', takesEvents],
  ['takes every kind of operation and of outcome', takesOutcomes],
  ['takes operations that end in any order', takesAnyOrder],
  ['takes operations that never end', takesUnended],
  ['takes parts that end after their whole', takesLateParts],
  ['marks an operation at once', marksAtOnce],
  ['leaves what it is told as it is', leavesArguments],
  ['does not ask how things stand while operations run', leavesGauges],
  ['may be stopped twice', stopsTwice],
];

const forRecording: readonly [
  promise: string,
  prove: (proof: Proof, telemetry: Telemetry, recorded: Recorded) => Promise<void>,
][] = [
  ['gives every operation its own outcome', recordsOutcomes],
  ['puts every part within its own whole', recordsParts],
];

/**
 * What every telemetry promises.
 * @param create gives a new instance, as the plugin's `create` does
 */
export function telemetrySuite(
  create: () => Telemetry,
  { recorded, limit = TIME_LIMIT }: TelemetrySuiteOptions = {},
): ConformanceCase[] {
  const suite = [...forAll];
  if (recorded) {
    for (const [promise, prove] of forRecording) {
      suite.push([promise, (proof, telemetry) => prove(proof, telemetry, recorded)]);
    }
  }
  return suite.map(([promise, prove]) =>
    timedCase(promise, limit, async (proof) => {
      const telemetry = create();
      proof.finally(() => telemetry.stop());
      await prove(proof, telemetry);
    }),
  );
}

const NODES: readonly ObservedNode[] = [
  { name: 'one', endpoint: { kind: 'tcp', host: '10.0.0.1', port: 6379 } },
  { name: 'two', endpoint: { kind: 'unix', path: '/run/two.sock' } },
];
const ANSWERED: Outcome = { node: NODES[0], failure: null, errorCode: null };
const OUTCOMES: readonly Outcome[] = [
  ANSWERED,
  { node: null, failure: null, errorCode: null },
  { node: NODES[1], failure: null, errorCode: 'WRONGTYPE' },
  ...FAILURES.map((failure) => ({ node: NODES[0], failure, errorCode: null })),
  { node: null, failure: 'refused', errorCode: null },
];
const COMMANDS = ['get', 'set', 'mget', 'del', 'hgetall', 'zadd', 'exists', 'incr', 'expire'];

function poolOf(name: string, gauges: ObservedPool['gauges'] = () => []): ObservedPool {
  return { name, database: 0, gauges };
}

function commandOf(name: string): Operation {
  return { kind: 'command', name, size: 1 };
}

/** Stands in for single operations where they are of no interest. */
const NO_INTEREST: OperationObserver = { started: () => null, ended() {} };

function operationsOf(telemetry: Telemetry, pool = poolOf('alpha')): OperationObserver {
  return telemetry.observe(pool).operations ?? NO_INTEREST;
}

function observesPools(proof: Proof, telemetry: Telemetry): void {
  for (const name of ['alpha', 'beta']) {
    const observer = telemetry.observe(poolOf(name));
    const { operations } = observer;
    const methods: unknown[] = [observer.connected, observer.disconnected, observer.topologyChanged];
    methods.push(observer.failover);
    if (operations !== null) methods.push(operations?.started, operations?.ended);
    if (methods.some((method) => typeof method !== 'function')) {
      proof.breach(`"${name}" is observed by ${inspect(observer)}`);
    }
  }
}

function takesEvents(proof: Proof, telemetry: Telemetry): void {
  const observer: PoolObserver = telemetry.observe(poolOf('alpha'));
  const tell = (event: string, result: unknown) => expectNoPromise(proof, event, result);
  tell('topologyChanged', observer.topologyChanged(1, NODES));
  for (const node of NODES) {
    tell('connected', observer.connected(node, 0.5));
    for (const failure of FAILURES) {
      tell('disconnected', observer.disconnected(node, failure, true, null));
      tell('disconnected', observer.disconnected(node, failure, false, new Error('ECONNREFUSED')));
    }
    tell('failover', observer.failover(node, 30_000));
    tell('failover', observer.failover(node, null));
  }
  tell('topologyChanged', observer.topologyChanged(2, NODES.slice(1)));
  // A connection to a node that is gone ends after it.
  tell('disconnected', observer.disconnected(NODES[0], 'closed', true, null));
}

/** What is told later cannot throw, and so nobody would hear of it. */
function expectNoPromise(proof: Proof, call: string, result: unknown): void {
  if (isPromise(result)) proof.breach(`${call} returns a promise`);
}

function takesOutcomes(proof: Proof, telemetry: Telemetry): void {
  const operations = operationsOf(telemetry);
  for (const kind of ['command', 'fragment', 'batch'] as const) {
    for (const size of [1, 1_000]) {
      for (const outcome of OUTCOMES) {
        const mark = operations.started({ kind, name: kind === 'batch' ? 'pipeline' : 'mget', size }, null);
        expectNoPromise(proof, 'ended', operations.ended(mark, outcome));
      }
    }
  }
}

/** Starts all commands, then ends every second one, and then the others from behind. */
function interleave(operations: OperationObserver, outcomeOf: (index: number) => Outcome): void {
  const marks = COMMANDS.map((name) => operations.started(commandOf(name), null));
  const order = [...marks.keys()];
  for (const i of [
    ...order.filter((each) => each % 2 === 1),
    ...order.filter((each) => each % 2 === 0).reverse(),
  ]) {
    operations.ended(marks[i], outcomeOf(i));
  }
}

function outcomeOf(index: number): Outcome {
  return OUTCOMES[index % OUTCOMES.length];
}

function takesAnyOrder(_: Proof, telemetry: Telemetry): void {
  const operations = operationsOf(telemetry);
  for (let i = 0; i < 10; i++) interleave(operations, outcomeOf);
}

const MANY = 1_000;

async function takesUnended(proof: Proof, telemetry: Telemetry): Promise<void> {
  const operations = operationsOf(telemetry);
  for (let i = 0; i < MANY; i++) operations.started(commandOf(COMMANDS[i % COMMANDS.length]), null);
  interleave(operations, outcomeOf);
  await proof.settled('stop', telemetry.stop());
}

function takesLateParts(_: Proof, telemetry: Telemetry): void {
  const operations = operationsOf(telemetry);
  const batch = operations.started({ kind: 'batch', name: 'pipeline', size: 2 }, null);
  const split = operations.started(commandOf('mget'), batch);
  const fragment = operations.started({ kind: 'fragment', name: 'mget', size: 2 }, split);
  const command = operations.started(commandOf('get'), batch);
  for (const mark of [batch, split, fragment, command]) operations.ended(mark, ANSWERED);
}

function marksAtOnce(proof: Proof, telemetry: Telemetry): void {
  const mark = operationsOf(telemetry).started(commandOf('get'), null);
  expectNoPromise(proof, 'started', mark);
}

function leavesArguments(proof: Proof, telemetry: Telemetry): void {
  const operations = operationsOf(telemetry);
  for (const outcome of OUTCOMES) {
    const operation = commandOf('get');
    const told = [operation, outcome, NODES];
    const before = inspect(told, { depth: null });
    operations.ended(operations.started(operation, null), outcome);
    const after = inspect(told, { depth: null });
    if (after !== before) proof.breach(`${before} became ${after}`);
  }
}

function leavesGauges(proof: Proof, telemetry: Telemetry): void {
  let asked = 0;
  const operations = operationsOf(
    telemetry,
    poolOf('alpha', () => {
      asked++;
      return NODES.map((node) => ({ node, connections: 1, unsent: 0, unanswered: 0 }));
    }),
  );
  const before = asked;
  for (let i = 0; i < MANY; i++) operations.ended(operations.started(commandOf('get'), null), ANSWERED);
  if (asked > before) proof.breach(`${MANY} operations asked ${asked - before} times`);
}

async function stopsTwice(proof: Proof, telemetry: Telemetry): Promise<void> {
  interleave(operationsOf(telemetry), outcomeOf);
  await proof.settled('stop', telemetry.stop());
  await proof.settled('the second stop', telemetry.stop());
}

async function recordsOutcomes(proof: Proof, telemetry: Telemetry, recorded: Recorded): Promise<void> {
  interleave(operationsOf(telemetry), outcomeOf);
  const expected = COMMANDS.map((name, i) => {
    const { failure, errorCode } = outcomeOf(i);
    return { name, within: null, error: failure ?? errorCode };
  });
  await expectRecorded(proof, telemetry, recorded, expected);
}

/** A batch and a transaction side by side, each with a command that is split. */
async function recordsParts(proof: Proof, telemetry: Telemetry, recorded: Recorded): Promise<void> {
  const operations = operationsOf(telemetry);
  const batches = ['pipeline', 'multi'].map((name) =>
    operations.started({ kind: 'batch', name, size: 2 }, null),
  );
  const commands = batches.map((batch, i) => operations.started(commandOf(COMMANDS[i]), batch));
  const splits = ['mget', 'del'].map((name, i) => operations.started(commandOf(name), batches[i]));
  const fragments = ['mget', 'del', 'mget', 'del'].map((name, i) =>
    operations.started({ kind: 'fragment', name, size: 1 }, splits[i % 2]),
  );
  for (const mark of [...fragments, ...splits, ...commands, ...batches]) operations.ended(mark, ANSWERED);
  const expected = [
    ['pipeline', null],
    ['multi', null],
    [COMMANDS[0], 'pipeline'],
    [COMMANDS[1], 'multi'],
    ['mget', 'pipeline'],
    ['del', 'multi'],
    ['mget', 'mget'],
    ['mget', 'mget'],
    ['del', 'del'],
    ['del', 'del'],
  ] as const;
  await expectRecorded(
    proof,
    telemetry,
    recorded,
    expected.map(([name, within]) => ({ name, within, error: null })),
  );
}

async function expectRecorded(
  proof: Proof,
  telemetry: Telemetry,
  recorded: Recorded,
  expected: readonly RecordedOperation[],
): Promise<void> {
  await proof.settled('stop', telemetry.stop());
  const all = await proof.settled('recorded', Promise.resolve(recorded()));
  const [found, wanted] = [all, expected].map((each) =>
    each.map(({ name, within, error }) => `${name} within ${within}: ${error ?? 'ok'}`).sort(),
  );
  const missing = wanted.filter((each) => !found.includes(each));
  const surplus = found.filter((each) => !wanted.includes(each));
  if (missing.length > 0 || surplus.length > 0 || found.length !== wanted.length) {
    proof.breach(
      `missing: ${missing.join(', ')}; not expected: ${surplus.join(', ')}; ${found.length} in all`,
    );
  }
}
