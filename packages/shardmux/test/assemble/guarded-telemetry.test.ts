import {
  API_VERSION,
  definePlugin,
  type ObservedPool,
  type PoolObserver,
  type Telemetry,
} from '@shardmux/plugin-api';
import { expect, test, vi } from 'vitest';
import { Culprit } from '../../src/assemble/culprit.js';
import { GuardedTelemetry } from '../../src/assemble/guarded-telemetry.js';

const WHO = 'pool "alpha": telemetry plugin "mine"';
const pool: ObservedPool = { name: 'alpha', database: 0, gauges: () => [] };
const nothing = () => {};
const observer: PoolObserver = {
  operations: null,
  connected: nothing,
  disconnected: nothing,
  topologyChanged: nothing,
  failover: nothing,
};

function guard(telemetry: Partial<Telemetry>): GuardedTelemetry {
  const whole: Telemetry = { observe: () => observer, stop: async () => {}, ...telemetry };
  const create = () => whole;
  const plugin = definePlugin({ kind: 'telemetry', name: 'mine', apiVersion: API_VERSION, create });
  return new GuardedTelemetry(whole, new Culprit('alpha', plugin, { use: 'mine', options: {} }));
}

test('a good observer is passed on as it is', () => {
  expect(guard({}).observe(pool)).toBe(observer);
});

test('what cannot observe is told, with its cause', () => {
  const cause = new Error('no exporter');
  const observe = () => {
    throw cause;
  };
  expect(() => guard({ observe }).observe(pool)).toThrow(
    expect.objectContaining({
      code: 'SHARDMUX_PLUGIN_FAILED',
      message: `${WHO} cannot observe: no exporter`,
      cause,
    }),
  );
});

test('an observer must have what the engine calls', () => {
  const { failover: _, ...less } = observer;
  expect(() => guard({ observe: () => less as PoolObserver }).observe(pool)).toThrow(
    expect.objectContaining({
      code: 'SHARDMUX_PLUGIN_BROKEN',
      message: `${WHO} must create an object with failover (function), and created one without`,
    }),
  );
});

test('it is stopped once, and what goes wrong then is told', async () => {
  const stop = vi.fn(() => Promise.reject(new Error('nobody listens')));
  const guarded = guard({ stop });
  const message = `${WHO} cannot stop: nobody listens`;
  await expect(guarded.stop()).rejects.toThrow(message);
  await expect(guarded.stop()).rejects.toThrow(message);
  expect(stop).toHaveBeenCalledOnce();
});

test('a stop that hangs is given up', async () => {
  const guarded = guard({ stop: () => new Promise(() => {}) });
  await expect(guarded.stop()).rejects.toThrow(
    expect.objectContaining({
      code: 'SHARDMUX_PLUGIN_TIMEOUT',
      message: `${WHO} does not stop within 5000 ms`,
    }),
  );
});
