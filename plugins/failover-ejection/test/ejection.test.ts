import type { NodeFailure, Plugin, SchemaResult } from '@shardmux/plugin-api';
import { expect, test } from 'vitest';
import { Ejection, plugins } from '../src/index.js';

const CAUSES: readonly NodeFailure['cause'][] = ['refused', 'closed', 'timeout', 'garbage', 'probe'];

test.each(CAUSES)('ejects at the limit and above, whatever the cause: %s', (cause) => {
  const policy = new Ejection({ failureLimit: 3, retryTimeout: 2_000 }, true);
  const verdicts = [1, 2, 3, 4].map((consecutive) => policy.failed({ node: 'one', cause, consecutive }));
  const eject = { action: 'eject', probeAfter: 2_000 };
  expect(verdicts).toEqual([{ action: 'keep' }, { action: 'keep' }, eject, eject]);
});

test('remembers nothing of one node for another', () => {
  const policy = new Ejection({ failureLimit: 2, retryTimeout: 1 }, true);
  policy.failed({ node: 'one', cause: 'refused', consecutive: 1 });
  expect(policy.failed({ node: 'two', cause: 'refused', consecutive: 1 })).toEqual({ action: 'keep' });
});

const [plugin, failFast] = plugins as readonly [Plugin, Plugin];

async function check(options: unknown): Promise<SchemaResult<unknown>> {
  return plugin.optionsSchema!['~standard'].validate(options);
}

test('is the failover plugin "auto-eject", with the defaults of Twemproxy', async () => {
  expect(plugin).toMatchObject({ kind: 'failover', name: 'auto-eject' });
  expect(await check({})).toEqual({ value: { failureLimit: 2, retryTimeout: 30_000 } });
  expect(await check({ failureLimit: 1 })).toEqual({ value: { failureLimit: 1, retryTimeout: 30_000 } });
});

test('is the failover plugin "fail-fast" as well, which refuses the keys of a node that is out of service', () => {
  expect(failFast).toMatchObject({ kind: 'failover', name: 'fail-fast' });
  expect(failFast.create({ failureLimit: 1, retryTimeout: 1 })).toMatchObject({ rehashes: false });
  expect(plugin.create({ failureLimit: 1, retryTimeout: 1 })).toMatchObject({ rehashes: true });
});

test.each([
  ['no mapping', 5, undefined],
  ['a list', [], undefined],
  ['no failure', { failureLimit: 0 }, ['failureLimit']],
  ['half a failure', { failureLimit: 1.5 }, ['failureLimit']],
  ['a text', { retryTimeout: '30s' }, ['retryTimeout']],
  ['more than a timer takes', { retryTimeout: 2 ** 31 }, ['retryTimeout']],
  ['an unknown option', { retries: 1 }, ['retries']],
])('refuses %s', async (_, options, path) => {
  const { issues } = await check(options);
  expect(issues).toEqual([{ ...(path && { path }), message: expect.stringMatching(/^must /) }]);
});
