import type { OnReadOpts } from 'node:net';
import type { ChannelHandler } from '@shardmux/plugin-api';

/**
 * One buffer that every socket is read into. Node calls back as soon as it has filled it and before it fills it
 * again, and a `received` range is its handler's only until it returns: so a connection at rest holds no buffer,
 * and a request is found in memory that is already in the cache.
 */
const buffer = Buffer.allocUnsafeSlow(128 * 1024);

export function readInto(handler: Pick<ChannelHandler, 'received'>): OnReadOpts {
  return {
    buffer,
    callback(length) {
      handler.received(buffer, 0, length);
      return true;
    },
  };
}
