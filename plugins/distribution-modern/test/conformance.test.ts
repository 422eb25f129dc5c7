import { distributionSuite } from '@shardmux/conformance';
import { describe, expect, test } from 'vitest';
import { plugins } from '../src/index.js';

test('the three are there', () => {
  expect(plugins.map(({ name }) => name)).toEqual(['rendezvous', 'jump', 'maglev']);
});

describe.each(plugins)('$name', ({ create }) => {
  for (const { promise, check } of distributionSuite(() => create(undefined))) test(promise, check);
});
