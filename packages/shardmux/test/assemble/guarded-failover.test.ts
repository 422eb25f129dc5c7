import { API_VERSION, definePlugin, type FailoverPolicy, type NodeFailure } from '@shardmux/plugin-api';
import { expect, test } from 'vitest';
import { Culprit } from '../../src/assemble/culprit.js';
import { GuardedFailover } from '../../src/assemble/guarded-failover.js';

const WHO = 'pool "alpha": failover plugin "mine"';
const failure: NodeFailure = { node: 'one', cause: 'refused', consecutive: 1 };

function guard(failed: () => unknown): GuardedFailover {
  const policy = { failed } as FailoverPolicy;
  const create = () => policy;
  const plugin = definePlugin({ kind: 'failover', name: 'mine', apiVersion: API_VERSION, create });
  return new GuardedFailover(policy, new Culprit('alpha', plugin, { use: 'mine', options: {} }));
}

test.each([
  [{ action: 'keep' }],
  [{ action: 'eject', probeAfter: 1 }],
  [{ action: 'eject', probeAfter: 2 ** 31 - 1 }],
])('%o is a verdict', (verdict) => {
  expect(guard(() => verdict).failed(failure)).toBe(verdict);
});

test.each([
  [undefined],
  [null],
  ['eject'],
  [{ action: 'promote' }],
  [{ action: 'eject' }],
  [{ action: 'eject', probeAfter: 0 }],
  [{ action: 'eject', probeAfter: Number.NaN }],
  [{ action: 'eject', probeAfter: '1000' }],
  [{ action: 'eject', probeAfter: 2 ** 31 }],
  [Promise.resolve({ action: 'keep' })],
])('%o is none', (verdict) => {
  expect(() => guard(() => verdict).failed(failure)).toThrow(
    expect.objectContaining({
      code: 'SHARDMUX_PLUGIN_BROKEN',
      message: expect.stringMatching(
        `^${WHO} must answer { action: 'keep' } or { action: 'eject', probeAfter: `,
      ),
    }),
  );
});

test('what it throws is told, with its cause', () => {
  const cause = new Error('undecided');
  const throws = guard(() => {
    throw cause;
  });
  expect(() => throws.failed(failure)).toThrow(
    expect.objectContaining({
      code: 'SHARDMUX_PLUGIN_FAILED',
      message: `${WHO} has no verdict on one: undecided`,
      cause,
    }),
  );
});
