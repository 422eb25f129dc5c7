/** ACL: what clients may ask about users, and for them. */
import { aclReply } from '../access/acl-replies.js';
import type { User } from '../access/user.js';
import { errorReply } from '../error-reply.js';
import type { LocalCommand, LocalCommands } from './local-command.js';
import { rejection } from './rejection.js';
import { ok } from './replies.js';

/** Nobody comes here who is not a user. */
const reply: LocalCommand = ({ user, realm, protocol }, command) =>
  aclReply(command, user as User, realm.access.users, protocol);

export const aclCommands: LocalCommands = {
  'acl|cat': reply,
  'acl|dryrun': reply,
  'acl|genpass': reply,
  'acl|getuser': reply,
  'acl|list': reply,
  'acl|load'({ realm }, command) {
    if (realm.reload === null) return rejection(command);
    try {
      realm.reload();
      return ok;
    } catch (error) {
      const why = Buffer.from((error as Error).message).toString('latin1');
      return errorReply(`ERR ${why}`);
    }
  },
  'acl|users': reply,
  'acl|whoami': reply,
};
