import { distributionSuite } from '@shardmux/conformance';
import { describe, expect, test } from 'vitest';
import { plugins } from '../src/index.js';

test('the three are there', () => {
  expect(plugins.map(({ name }) => name)).toEqual(['ketama', 'modula', 'random']);
});

describe.each(plugins)('$name', ({ name, create }) => {
  const suite = distributionSuite(() => create(undefined), { deterministic: name !== 'random' });
  for (const { promise, check } of suite) test(promise, check);
});
