import type { HashFunction } from '@shardmux/plugin-api';
import { crc32 } from './crc32.js';
import { CLOSER, find, OPENER } from './tag.js';

/**
 * The hash of Codis 3 (`pkg/proxy/mapper.go` there): CRC-32 of what stands between the first `{` and the first
 * `}` after it, or of the whole key without such a pair. Unlike in Redis Cluster an empty tag is a tag: every key
 * whose first braces are `{}` has the hash 0. Codis' slot is the hash modulo 1,024.
 */
export const codis: HashFunction = (bytes, start, end) => {
  const open = find(bytes, OPENER, start, end);
  const close = find(bytes, CLOSER, open + 1, end);
  return close < end ? crc32(bytes, open + 1, close) : crc32(bytes, start, end);
};
