import { AclError, AclFault } from './acl-error.js';
import type { User } from './user.js';
import { compileUser } from './user-rules.js';

/** Whom every connection is, until it says otherwise. */
const DEFAULT = 'default';

/** All users there are. Immutable. */
export class Users {
  readonly #byName: ReadonlyMap<string, User>;
  readonly default: User;

  /**
   * Adds the default user, which may do everything, where it is not among them.
   * @param password of that one; `null`: it needs none. Each character is a byte.
   */
  constructor(users: Iterable<User>, password: string | null = null) {
    const byName = new Map([...users].map((user) => [user.name, user]));
    this.default =
      byName.get(DEFAULT) ??
      compileUser(DEFAULT, ['on', password === null ? 'nopass' : `>${password}`, '~*', '&*', '+@all']);
    byName.set(DEFAULT, this.default);
    this.#byName = byName;
  }

  get(name: string): User | null {
    return this.#byName.get(name) ?? null;
  }

  /** In the order of the bytes of their names. */
  inOrder(): User[] {
    return [...this.#byName.keys()].sort().map((name) => this.#byName.get(name)!);
  }
}

/**
 * Reads what redis-server calls an ACL file: lines `user NAME rule …`, and empty ones; no comments.
 * @param text each character is a byte.
 * @throws {AclError} about the first line that is wrong.
 */
export function parseAclFile(text: string): User[] {
  const users = new Map<string, User>();
  text.split('\n').forEach((line, index) => {
    try {
      const user = parseLine(line.replace(/^[ \t\r]+|[ \t\r]+$/g, ''));
      if (user === null) return;
      if (users.has(user.name)) throw new AclError(AclFault.duplicate, `'${user.name}'`);
      users.set(user.name, user);
    } catch (error) {
      throw error instanceof AclError ? error.in(`line ${index + 1}`) : error;
    }
  });
  return [...users.values()];
}

function parseLine(line: string): User | null {
  if (line === '') return null;
  const [keyword, name, ...rules] = line.split(' ');
  if (keyword !== 'user' || name === undefined) throw new AclError(AclFault.notAUser);
  return compileUser(
    name,
    rules.map((rule) => rule.replace(/^[\t\r]+|[\t\r]+$/g, '')),
  );
}
