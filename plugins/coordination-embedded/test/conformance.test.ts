import { coordinationSuite } from '@shardmux/conformance';
import { describe, test } from 'vitest';
import { plugins } from '../src/index.js';

describe.each(plugins)('$name', ({ create }) => {
  const suite = coordinationSuite(() => create({ name: 'conformance' }));
  for (const { promise, check } of suite) test(promise, check);
});
