import { encodeCommand } from '@shardmux/testing';
import { aclReply } from '../../src/access/acl-replies.js';
import type { Protocol } from '../../src/access/reply-text.js';
import type { Users } from '../../src/access/users.js';
import { decodeOne, text } from '../support.js';

/** The bytes that this package answers the default user. */
export function answer(users: Users, words: readonly string[], protocol: Protocol = 2): string {
  return text(aclReply(decodeOne(encodeCommand(words)), users.default, users, protocol));
}
