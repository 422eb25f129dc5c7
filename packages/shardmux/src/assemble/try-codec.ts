import type { Codec, ConversationClient } from '@shardmux/plugin-api';
import type { PoolConfig } from '../config/normalised.js';
import type { Culprit } from './culprit.js';

const nobody: ConversationClient = {
  remote: '',
  local: 'here',
  age: 0,
  idle: 0,
  mayWait: false,
  lastCommand: null,
  hears: false,
  connectionFor: () => null,
  push: () => {},
  destroy: () => {},
};

/**
 * Makes one of all that every link and every client will have. A plugin that cannot do it would fail when the first
 * of them comes, where nobody can be told.
 *
 * @throws {PluginError} `SHARDMUX_PLUGIN_FAILED` with what the plugin threw.
 */
export function tryCodec(codec: Codec, { limits, database }: PoolConfig, culprit: Culprit): Codec {
  const attempt = <Part>(what: string, make: () => Part): Part => {
    try {
      return make();
    } catch (cause) {
      throw culprit.failed(`cannot create a ${what}`, cause);
    }
  };
  attempt('framer', () => codec.createFramer());
  attempt('reader', () => codec.createReader());
  attempt('handshake', () => codec.handshake({ username: null, password: null, database, name: null }));
  const realm = attempt('realm', () => codec.createRealm({ password: null }));
  const conversation = attempt('conversation', () => realm.createConversation(nobody));
  attempt('decoder', () => codec.createDecoder(limits, conversation));
  return codec;
}
