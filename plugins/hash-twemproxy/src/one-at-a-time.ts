import type { HashFunction } from '@shardmux/plugin-api';

/** Bob Jenkins' one-at-a-time (Dr. Dobb's, 1997). Bytes are signed, as C's `char` is on x86. */
export const one_at_a_time: HashFunction = (bytes, start, end) => {
  let hash = 0;
  for (let i = start; i < end; i++) {
    hash = (hash + ((bytes[i] << 24) >> 24)) | 0;
    hash = (hash + (hash << 10)) | 0;
    hash ^= hash >>> 6;
  }
  hash = (hash + (hash << 3)) | 0;
  hash ^= hash >>> 11;
  return (hash + (hash << 15)) >>> 0;
};
