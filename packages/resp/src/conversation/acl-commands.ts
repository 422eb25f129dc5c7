/** ACL: what clients may ask about users, and for them. */
import { aclReply } from '../access/acl-replies.js';
import type { User } from '../access/user.js';
import { errorReply } from '../error-reply.js';
import type { LocalCommand, LocalCommands } from './local-command.js';
import { ok } from './replies.js';

/** Nobody comes here who is not a user. */
const reply: LocalCommand = ({ user, realm, protocol }, command) =>
  aclReply(command, user as User, realm.access.users, protocol);

const noFile = errorReply(
  'ERR This Redis instance is not configured to use an ACL file. You may want to specify users via the ACL SETUSER ' +
    'command and then issue a CONFIG REWRITE (assuming you have a Redis configuration file set) in order to store ' +
    'users in the Redis configuration.',
);

export const aclCommands: LocalCommands = {
  'acl|cat': reply,
  'acl|dryrun': reply,
  'acl|genpass': reply,
  'acl|getuser': reply,
  'acl|list': reply,
  'acl|load'({ realm }) {
    if (realm.reload === null) return noFile;
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
