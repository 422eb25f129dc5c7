import type { HashFunction } from '@shardmux/plugin-api';
import { crc32a } from './crc32a.js';

/** Bits 16 to 30 of the CRC-32, as libmemcached has it: at most 32767. */
export const crc32: HashFunction = (bytes, start, end) => (crc32a(bytes, start, end) >>> 16) & 0x7fff;
