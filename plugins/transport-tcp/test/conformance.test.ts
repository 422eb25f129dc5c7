import { transportSuite } from '@shardmux/conformance';
import { describe, test } from 'vitest';
import { plugins } from '../src/index.js';

/** For a machine that has other things to do: only what hangs takes so long. */
const limit = 20_000;

describe.each(plugins)('$name', ({ create }) => {
  for (const { promise, check } of transportSuite(() => create({}), { limit })) test(promise, check);
});
