import { transportSuite } from '@shardmux/conformance';
import { test } from 'vitest';
import { tcpTransport } from '../src/index.js';

for (const { promise, check } of transportSuite(() => tcpTransport)) test(promise, check);
