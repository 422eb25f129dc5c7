import { failoverSuite } from '@shardmux/conformance';
import { describe, test } from 'vitest';
import { OthersVerdict, Promotion } from '../src/index.js';

describe.each([
  ['replica-promotion', () => new Promotion({ downAfter: 2_500, refusedAfter: 500, quorum: 2 })],
  ['of others', () => new OthersVerdict()],
])('%s', (_, create) => {
  for (const { promise, check } of failoverSuite(create)) test(promise, check);
});
