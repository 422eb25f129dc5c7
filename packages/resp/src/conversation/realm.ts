import type { ConversationClient, Realm, RealmOptions, RealmUsers } from '@shardmux/plugin-api';
import type { RespCommand } from '../request/resp-command.js';
import type { ClientState } from './client-state.js';
import { type ClientOrder, carryOut } from './clients/client-orders.js';
import { RespConversation } from './conversation.js';
import { RealmState } from './realm-state.js';

/** The conversations of one pool. */
export class RespRealm extends RealmState<ClientState> implements Realm<RespCommand> {
  #lastId: number;

  /** @throws {AclError} for rules that are wrong, and for denied commands that do not exist. */
  constructor(options: RealmOptions) {
    super(options);
    this.#lastId = options.firstId ?? 0;
  }

  createConversation(client: ConversationClient): RespConversation {
    const conversation = new RespConversation(this, client, ++this.#lastId);
    this.conversations.set(conversation.id, conversation);
    return conversation;
  }

  replaceUsers(users: RealmUsers): void {
    this.access.replace(users);
    this.changes++;
  }

  async answerPeer(question: unknown): Promise<string | number> {
    return carryOut(this, question as ClientOrder, null);
  }
}
