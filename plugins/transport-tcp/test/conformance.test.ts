import { transportSuite } from '@shardmux/conformance';
import { test } from 'vitest';
import { tcpTransport } from '../src/index.js';

/** For a machine that has other things to do: only what hangs takes so long. */
const suite = transportSuite(() => tcpTransport, { limit: 20_000 });

for (const { promise, check } of suite) test(promise, check);
