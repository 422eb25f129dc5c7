import {
  API_VERSION,
  definePlugin,
  type TopologyListener,
  type TopologySnapshot,
  type TopologySource,
} from '@shardmux/plugin-api';
import { expect, test, vi } from 'vitest';
import { Culprit } from '../../src/assemble/culprit.js';
import { GuardedTopology } from '../../src/assemble/guarded-topology.js';

const LIMIT = 50;
const WHO = 'pool "alpha": topology plugin "mine"';
const node = { name: 'one', endpoint: { kind: 'tcp', host: '127.0.0.1', port: 6379 }, weight: 1 } as const;
const snapshot: TopologySnapshot = { epoch: 1, nodes: [node] };

/** A source that does nothing but what a test says. */
function guard(source: Partial<TopologySource>): GuardedTopology {
  const whole: TopologySource = { start: async () => {}, stop: async () => {}, ...source };
  const create = () => whole;
  const plugin = definePlugin({ kind: 'topology', name: 'mine', apiVersion: API_VERSION, create });
  return new GuardedTopology(whole, new Culprit('alpha', plugin, { use: 'mine', options: {} }), LIMIT);
}

/** Writes down what comes through. */
class Watch implements TopologyListener {
  readonly snapshots: TopologySnapshot[] = [];
  readonly errors: string[] = [];

  changed(each: TopologySnapshot): void {
    this.snapshots.push(each);
  }

  failed(error: Error): void {
    this.errors.push(error.message);
  }
}

const error = (code: string, message: string) =>
  expect.objectContaining({ code: `SHARDMUX_PLUGIN_${code}`, message: `${WHO} ${message}` });

test('snapshots and errors of a good source pass, until it is stopped', async () => {
  let inner: TopologyListener | undefined;
  const start = async (listener: TopologyListener) => {
    inner = listener;
    listener.changed(snapshot);
  };
  const stop = vi.fn(async () => {});
  const watch = new Watch();
  const guarded = guard({ start, stop });
  await guarded.start(watch);
  inner!.changed({ ...snapshot, epoch: 2 });
  inner!.failed(new Error('away'));
  await Promise.all([guarded.stop(), guarded.stop()]);
  inner!.changed({ ...snapshot, epoch: 3 });
  inner!.failed(new Error('late'));
  expect(watch.snapshots.map(({ epoch }) => epoch)).toEqual([1, 2]);
  expect(watch.errors).toEqual(['away']);
  expect(stop).toHaveBeenCalledOnce();
});

test('a start that does not settle is given up, and can be stopped', async () => {
  const stop = vi.fn(async () => {});
  const guarded = guard({ start: () => new Promise(() => {}), stop });
  await expect(guarded.start(new Watch())).rejects.toThrow(
    error('TIMEOUT', `does not start within ${LIMIT} ms`),
  );
  await guarded.stop();
  expect(stop).toHaveBeenCalledOnce();
});

test('a start that settles when it was given up changes nothing', async () => {
  let fail: (error: Error) => void = () => {};
  let inner: TopologyListener | undefined;
  const watch = new Watch();
  const guarded = guard({
    start: (listener) => {
      inner = listener;
      return new Promise((_, reject) => {
        fail = reject;
      });
    },
  });
  await expect(guarded.start(watch)).rejects.toThrow('does not start');
  inner!.changed(snapshot);
  // Vitest fails a run in which a rejection goes unhandled.
  fail(new Error('much too late'));
  await new Promise(setImmediate);
  expect(watch.snapshots).toEqual([]);
});

test.each<[string, TopologySource['start']]>([
  ['rejects', () => Promise.reject(new Error('no answer'))],
  [
    'throws',
    () => {
      throw new Error('no answer');
    },
  ],
])('a source that %s', async (_, start) => {
  await expect(guard({ start }).start(new Watch())).rejects.toThrow(
    error('FAILED', 'cannot start: no answer'),
  );
});

test('a start without a snapshot', async () => {
  await expect(guard({}).start(new Watch())).rejects.toThrow(
    error('BROKEN', 'must deliver a snapshot before it has started'),
  );
});

const copy = { name: 'copy', endpoint: { kind: 'unix', path: '/tmp/copy.sock' }, zone: 'a' };
const withReplica = (...replicas: unknown[]) => ({ epoch: 1, nodes: [{ ...node, replicas }] });

test('a snapshot with replicas passes', async () => {
  const watch = new Watch();
  const value = withReplica(copy, { ...copy, name: 'other', zone: undefined });
  await guard({ start: async (listener) => listener.changed(value as TopologySnapshot) }).start(watch);
  expect(watch.snapshots).toEqual([value]);
});

const bad: readonly [string, unknown][] = [
  ['must number its snapshots, and the epoch is one', { epoch: 'one', nodes: [node] }],
  ['must deliver at least one node', { epoch: 1, nodes: [] }],
  ['must deliver at least one node', { epoch: 1 }],
  ['must give each node a name, and one is undefined', { epoch: 1, nodes: [{ ...node, name: undefined }] }],
  ['must give each server a name of its own, and two are "one"', { epoch: 1, nodes: [node, node] }],
  ['must give node "one" a positive whole weight, not 0', { epoch: 1, nodes: [{ ...node, weight: 0 }] }],
  [
    'must give node "one" an endpoint with host and port, or with path, not "127.0.0.1:6379"',
    { epoch: 1, nodes: [{ ...node, endpoint: '127.0.0.1:6379' }] },
  ],
  [
    'must give node "one" an endpoint with host and port, or with path, not {"kind":"tcp","host":"h","port":0}',
    { epoch: 1, nodes: [{ ...node, endpoint: { kind: 'tcp', host: 'h', port: 0 } }] },
  ],
  ['must give node "one" a zone that is a text, or none, not 3', { epoch: 1, nodes: [{ ...node, zone: 3 }] }],
  ['must give node "one" a list of replicas', { epoch: 1, nodes: [{ ...node, replicas: {} }] }],
  ['must give each replica a name, and one is ', withReplica({ ...copy, name: '' })],
  ['must give each server a name of its own, and two are "one"', withReplica({ ...copy, name: 'one' })],
  ['must give each server a name of its own, and two are "copy"', withReplica(copy, copy)],
  [
    'must give replica "copy" an endpoint with host and port, or with path, not {"kind":"unix"}',
    withReplica({ ...copy, endpoint: { kind: 'unix' } }),
  ],
  ['must give replica "copy" a zone that is a text, or none, not ""', withReplica({ ...copy, zone: '' })],
];

test.each(bad)('at the start: %s', async (message, value) => {
  const watch = new Watch();
  const start = async (listener: TopologyListener) => listener.changed(value as TopologySnapshot);
  await expect(guard({ start }).start(watch)).rejects.toThrow(error('BROKEN', message));
  expect(watch.snapshots).toEqual([]);
});

test.each(bad)('later: %s', async (message, value) => {
  let inner: TopologyListener | undefined;
  const watch = new Watch();
  const start = async (listener: TopologyListener) => {
    inner = listener;
    listener.changed(snapshot);
  };
  await guard({ start }).start(watch);
  inner!.changed(value as TopologySnapshot);
  expect(watch.snapshots).toEqual([snapshot]);
  expect(watch.errors).toEqual([`${WHO} ${message}`]);
});

test('what the engine throws at a snapshot is no fault of the source', async () => {
  const cause = new Error('no table');
  const start = async (listener: TopologyListener) => listener.changed(snapshot);
  const changed = () => {
    throw cause;
  };
  await expect(guard({ start }).start({ changed, failed: () => {} })).rejects.toBe(cause);
});

test('a stop that fails or hangs is told, and holds nobody up', async () => {
  const start = async (listener: TopologyListener) => listener.changed(snapshot);
  for (const [stop, message] of [
    [() => Promise.reject(new Error('stuck')), 'cannot stop: stuck'],
    [() => new Promise<void>(() => {}), 'does not stop within 2000 ms'],
  ] as const) {
    const watch = new Watch();
    const guarded = guard({ start, stop });
    await guarded.start(watch);
    await guarded.stop();
    expect(watch.errors).toEqual([`${WHO} ${message}`]);
  }
});

test('a source that was not started is not stopped', async () => {
  const stop = vi.fn(async () => {});
  await guard({ stop }).stop();
  expect(stop).not.toHaveBeenCalled();
});
