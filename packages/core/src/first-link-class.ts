import type { LinkClass } from './dispatch/link-class.js';
import type { Redispatcher } from './dispatch/redispatcher.js';
import type { Engine } from './engine.js';
import type { PoolOptions } from './pool-options.js';

/**
 * The class of a pool's own links, which all its others are made from.
 * @param waiting as the class has it.
 */
export function firstLinkClass(
  engine: Engine,
  options: Required<PoolOptions>,
  redispatch: Redispatcher,
  waiting: () => number,
): LinkClass {
  const { codec, credentials, topology } = options;
  return {
    engine,
    codec,
    transport: options.transport,
    connect: { ...options.connect, readRegion: engine.arena.readRegion },
    handshake: (own) => codec.handshake({ ...credentials, ...own }),
    backoff: options.reconnect,
    timeout: options.timeout,
    maxBytes: options.maxLinkBytes,
    retryReads: options.retryReads || topology.refresh !== undefined,
    offline: options.offline,
    waiting,
    redispatch,
    isReplica: false,
    own: null,
    reopens: options.reopens,
  };
}
