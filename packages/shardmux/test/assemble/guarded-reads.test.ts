import { API_VERSION, definePlugin, type ReadableServer, type ReadPolicy } from '@shardmux/plugin-api';
import { expect, test } from 'vitest';
import { Culprit } from '../../src/assemble/culprit.js';
import { GuardedReads } from '../../src/assemble/guarded-reads.js';

const WHO = 'pool "alpha": reads plugin "mine"';

const primary: ReadableServer = { name: 'one', isPrimary: true, isNear: false, latency: 1 };
const replica: ReadableServer = { ...primary, name: 'two', isPrimary: false };
const servers = [primary, replica];

function guard(choose: () => unknown): GuardedReads {
  const policy = { usesReplicas: true, followsWrites: false, choose } as ReadPolicy;
  const plugin = definePlugin({ kind: 'reads', name: 'mine', apiVersion: API_VERSION, create: () => policy });
  return new GuardedReads(policy, new Culprit('alpha', plugin, { use: 'mine', options: {} }));
}

test.each([[[]], [[primary]], [servers]])('%o is a choice', (choice) => {
  expect(guard(() => choice).choose(servers)).toBe(choice);
});

test.each([[undefined], [primary], [[{ ...primary }]], [[undefined]], [Promise.resolve(servers)]])(
  '%o is none',
  (choice) => {
    expect(() => guard(() => choice).choose(servers)).toThrow(
      expect.objectContaining({
        code: 'SHARDMUX_PLUGIN_BROKEN',
        message: expect.stringMatching(
          `^${WHO} must choose a list of the servers that it is given, and chose `,
        ),
      }),
    );
  },
);

test('what it throws is told, with its cause', () => {
  const cause = new Error('undecided');
  const throws = guard(() => {
    throw cause;
  });
  expect(() => throws.choose(servers)).toThrow(
    expect.objectContaining({
      code: 'SHARDMUX_PLUGIN_FAILED',
      message: `${WHO} has no choice of 2 servers: undecided`,
      cause,
    }),
  );
});
