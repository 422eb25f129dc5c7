import { failoverSuite } from '@shardmux/conformance';
import { describe, test } from 'vitest';
import { type PromotionOptions, plugins } from '../src/index.js';

const options: PromotionOptions = { downAfter: 2_500, refusedAfter: 500, quorum: 2 };

const [own, ...others] = plugins;
const all = [
  { name: own.name, create: () => own.create(options) },
  ...others.map(({ name, create }) => ({ name, create: () => create(undefined) })),
];

describe.each(all)('$name', ({ create }) => {
  for (const { promise, check } of failoverSuite(create)) test(promise, check);
});
