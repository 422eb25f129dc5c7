import type { ConversationClient, Realm, RealmOptions } from '@shardmux/plugin-api';
import type { RespCommand } from '../request/resp-command.js';
import { RespConversation } from './conversation.js';

/** The conversations of one pool. */
export class RespRealm implements Realm<RespCommand> {
  readonly password: Uint8Array | null;
  /** Bytes of a transaction; 0 where the client is to have none. */
  readonly maxRunBytes: number;
  /** By their id, in the order in which they came. */
  readonly conversations = new Map<number, RespConversation>();
  #lastId = 0;

  constructor({ password, maxRunBytes = 0 }: RealmOptions) {
    this.password = password === null ? null : Buffer.from(password);
    this.maxRunBytes = maxRunBytes;
  }

  createConversation(client: ConversationClient): RespConversation {
    const conversation = new RespConversation(this, client, ++this.#lastId);
    this.conversations.set(conversation.id, conversation);
    return conversation;
  }
}
