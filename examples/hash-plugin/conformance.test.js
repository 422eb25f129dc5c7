import { test } from 'node:test';
import { hashSuite } from '@shardmux/conformance';
import { plugins } from './index.js';

for (const { promise, check } of hashSuite(() => plugins[0].create())) test(promise, check);
