import type { Codec } from '@shardmux/plugin-api';
import type { PoolConfig } from '../config/normalised.js';
import type { Culprit } from './culprit.js';

/**
 * Makes one of all that every link and every client will have. A plugin that cannot do it would fail when the first
 * of them comes, where nobody can be told.
 *
 * @throws {PluginError} `SHARDMUX_PLUGIN_FAILED` with what the plugin threw.
 */
export function tryCodec(codec: Codec, { limits, password, database }: PoolConfig, culprit: Culprit): Codec {
  const attempt = <Part>(what: string, make: () => Part): Part => {
    try {
      return make();
    } catch (cause) {
      throw culprit.failed(`cannot create a ${what}`, cause);
    }
  };
  attempt('framer', () => codec.createFramer());
  attempt('reader', () => codec.createReader());
  attempt('handshake', () => codec.handshake({ username: null, password, database, name: null }));
  const conversation = attempt('conversation', () => codec.createConversation({ password }));
  attempt('decoder', () => codec.createDecoder(limits, conversation));
  return codec;
}
