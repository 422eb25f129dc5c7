/** ACL: what clients may ask about users. */
import { aclReply } from '../access/acl-replies.js';
import type { User } from '../access/user.js';
import type { LocalCommand, LocalCommands } from './local-command.js';

/** Nobody comes here who is not a user. */
const reply: LocalCommand = ({ user, realm, protocol }, command) =>
  aclReply(command, user as User, realm.access.users, protocol);

export const aclCommands: LocalCommands = {
  'acl|cat': reply,
  'acl|dryrun': reply,
  'acl|genpass': reply,
  'acl|getuser': reply,
  'acl|list': reply,
  'acl|users': reply,
  'acl|whoami': reply,
};
