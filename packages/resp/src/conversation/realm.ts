import type {
  ChannelPlacement,
  ConversationClient,
  Realm,
  RealmOptions,
  UserRules,
} from '@shardmux/plugin-api';
import { Access } from '../access/access.js';
import type { RespCommand } from '../request/resp-command.js';
import { RespConversation } from './conversation.js';

/** The conversations of one pool. */
export class RespRealm implements Realm<RespCommand> {
  readonly access: Access;
  /** Bytes of a transaction; 0 where the client is to have none. */
  readonly maxRunBytes: number;
  readonly subscribes: boolean;
  readonly channels: ChannelPlacement;
  /** By their id, in the order in which they came. */
  readonly conversations = new Map<number, RespConversation>();
  #lastId = 0;

  /** @throws {AclError} for rules that are wrong, and for denied commands that do not exist. */
  constructor(options: RealmOptions) {
    this.access = new Access(options);
    this.maxRunBytes = options.maxRunBytes ?? 0;
    this.subscribes = options.subscribes ?? false;
    this.channels = options.channels ?? 'hashed';
  }

  createConversation(client: ConversationClient): RespConversation {
    const conversation = new RespConversation(this, client, ++this.#lastId);
    this.conversations.set(conversation.id, conversation);
    return conversation;
  }

  replaceUsers(users: UserRules): void {
    this.access.replace(users);
  }
}
