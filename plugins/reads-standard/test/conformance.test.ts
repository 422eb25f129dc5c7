import { readsSuite } from '@shardmux/conformance';
import { describe, test } from 'vitest';
import { plugins } from '../src/index.js';

describe.each(plugins)('$name', ({ create }) => {
  for (const { promise, check } of readsSuite(() => create(undefined))) test(promise, check);
});
