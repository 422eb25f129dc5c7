import type { HashFunction } from '@shardmux/plugin-api';
import { crc16 } from './crc16.js';
import { CLOSER, find, OPENER } from './tag.js';

/**
 * The hash of Redis Cluster (its specification, "Key distribution model" and "Hash tags"): CRC-16/XMODEM of what
 * stands between the first `{` and the first `}` after it, or of the whole key where nothing stands there.
 *
 * All 16 bits of the CRC; Redis Cluster's slot is the hash modulo 16,384. A distribution that takes hashes for
 * positions among all uint32 values (ketama) has only its first point for such small ones.
 */
export const redisCluster: HashFunction = (bytes, start, end) => {
  const open = find(bytes, OPENER, start, end);
  const close = find(bytes, CLOSER, open + 1, end);
  const isTagged = close < end && close > open + 1;
  return isTagged ? crc16(bytes, open + 1, close) : crc16(bytes, start, end);
};
