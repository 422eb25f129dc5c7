import type { RealmOptions, RealmUsers } from '@shardmux/plugin-api';
import { ASTERISK } from '../ascii.js';
import { Refusal } from '../commands/refusal.js';
import type { RespCommand } from '../request/resp-command.js';
import { aclCommandFor } from './acl-commands.js';
import { Denial, denialReply } from './denial.js';
import { DenyList, deniedByDefault, deniedReply } from './deny-list.js';
import { PasswordHash } from './password-hash.js';
import type { User } from './user.js';
import { compileUser } from './user-rules.js';
import { parseAclFile, Users } from './users.js';

/** Redis-server finds these before it asks who wants to know. */
const knownToAll: ReadonlySet<Refusal> = new Set([
  Refusal.unknownCommand,
  Refusal.unknownSubcommand,
  Refusal.wrongArity,
]);

/** Who may enter a pool, and what they may do then. */
export class Access {
  /** Another object with each change: users that were got from the last one are no longer to be trusted. */
  users: Users;
  /** There are users besides the one of the pool's password. */
  hasUsers: boolean;
  /** Even of who may do everything each command is to be looked at. */
  readonly denies: boolean;
  readonly #denied: DenyList;

  /** @throws {AclError} */
  constructor({ deny = deniedByDefault, ...given }: RealmOptions) {
    this.hasUsers = given.users !== undefined;
    this.#denied = new DenyList(deny);
    this.denies = this.#denied.concernsSent;
    this.users = compile(given);
  }

  /** @throws {AclError}; nothing has changed then. */
  replace(given: RealmUsers): void {
    this.users = compile(given);
    this.hasUsers = given.users !== undefined;
  }

  /** One password for all clients, as with Twemproxy: a wrong one shuts them out. */
  get isOnePassword(): boolean {
    return !this.hasUsers && !this.users.default.noPassword;
  }

  /** `null` where name or password is wrong: in the same time for a user that there is and one that there is not. */
  authenticate(name: string, password: Uint8Array): User | null {
    const hash = PasswordHash.of(password);
    const user = this.users.get(name);
    return user?.accepts(hash) ? user : null;
  }

  /** Why the command is not served to this user; `null` where it is. @param user nobody: it is a command for all. */
  refusalOf(command: RespCommand, user: User | null): Uint8Array | null {
    if (knownToAll.has(command.refusal)) return null;
    const { name, row } = command.spec;
    const ruled = aclCommandFor(row);
    if (this.#denied.denies(ruled)) return deniedReply(name);
    if (user === null || user.isUnrestricted) return null;
    const denial = user.denialOf(ruled, command) ?? denialOfPatterns(command, user);
    return denial === null ? null : denialReply(denial, name);
  }
}

function compile({ password, users = {} }: RealmUsers): Users {
  const own = password === null ? null : bytesOf(password);
  if (users instanceof Uint8Array) return new Users(parseAclFile(Buffer.from(users).toString('latin1')), own);
  const all = Object.entries(users).map(([name, rules]) => compileUser(bytesOf(name), rules.map(bytesOf)));
  return new Users(all, own);
}

/** What BY and GET of SORT name depends on what is stored: it may be any key. */
function denialOfPatterns(command: RespCommand, user: User): Denial | null {
  if (!command.spec.name.startsWith('sort') || user.readsAllKeys) return null;
  for (let key = 1; key < command.keyCount; key++) {
    const end = command.keyEnd(key);
    for (let at = command.keyStart(key); at < end; at++) {
      if (command.bytes[at] === ASTERISK) return new Denial('key', 0);
    }
  }
  return null;
}

/** Text as rules have it: each character is a byte. */
function bytesOf(text: string): string {
  return Buffer.from(text).toString('latin1');
}
