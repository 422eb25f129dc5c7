import type { OnReadOpts } from 'node:net';
import type { ChannelHandler, ReadRegion } from '@shardmux/plugin-api';

/**
 * Makes Node read a socket into a region that all sockets share. Node calls back as soon as it has filled it and
 * before it fills it again, and a `received` range is its handler's only until it returns: so a connection at rest
 * holds no buffer, and a request is found in memory that is already in the cache.
 */
export function readInto(region: ReadRegion, handler: Pick<ChannelHandler, 'received'>): OnReadOpts {
  const { bytes, start, end } = region;
  return {
    buffer: bytes.subarray(start, end),
    callback(length) {
      handler.received(bytes, start, start + length);
      return true;
    },
  };
}
