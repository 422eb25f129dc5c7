import { ascii } from '../ascii.js';
import { AclError, AclFault } from './acl-error.js';
import { PasswordHash } from './password-hash.js';
import { blanks, SelectorRules } from './selector-rules.js';
import { type Sanitizing, User } from './user.js';

/**
 * Makes a user of rules as ACL SETUSER of Redis 7.0 takes them, obeyed one after the other. Of all strings each
 * character is a byte.
 * @throws {AclError}
 */
export function compileUser(name: string, rules: readonly string[]): User {
  if (name === '' || blanks.test(name)) throw new AclError(AclFault.badName);
  const user = new UserRules();
  joinSelectors(rules).forEach((rule, index) => {
    try {
      user.apply(rule);
    } catch (error) {
      throw error instanceof AclError ? error.in(`rule ${index + 1}`) : error;
    }
  });
  return user.toUser(name);
}

/** A selector may be written as several rules: `(+get`, `~a*)`. One that is begun anew is forgotten. */
function joinSelectors(rules: readonly string[]): string[] {
  const joined: string[] = [];
  let open = '';
  for (const rule of rules) {
    if (rule === '') continue;
    if (rule.startsWith('(') && !rule.endsWith(')')) open = rule;
    else if (open === '') joined.push(rule);
    else {
      open += ` ${rule}`;
      if (!rule.endsWith(')')) continue;
      joined.push(open);
      open = '';
    }
  }
  if (open !== '') throw new AclError(AclFault.unmatchedParenthesis);
  return joined;
}

class UserRules {
  #enabled = false;
  #sanitizing: Sanitizing = null;
  #noPassword = false;
  readonly #passwords = new Map<string, PasswordHash>();
  #root = new SelectorRules();
  #selectors: SelectorRules[] = [];

  toUser(name: string): User {
    return new User({
      name,
      enabled: this.#enabled,
      sanitizing: this.#sanitizing,
      noPassword: this.#noPassword,
      passwords: [...this.#passwords.values()],
      selectors: [this.#root, ...this.#selectors].map((rules) => rules.toSelector()),
    });
  }

  apply(rule: string): void {
    switch (rule.toLowerCase()) {
      case 'on':
      case 'off':
        this.#enabled = rule.length === 2;
        break;
      case 'sanitize-payload':
      case 'skip-sanitize-payload':
        this.#sanitizing = rule.toLowerCase() as Sanitizing;
        break;
      case 'nopass':
      case 'resetpass':
        this.#noPassword = rule.toLowerCase() === 'nopass';
        this.#passwords.clear();
        break;
      case 'clearselectors':
        this.#selectors = [];
        break;
      case 'reset':
        this.#reset();
        break;
      default:
        this.#applyPrefixed(rule);
    }
  }

  #applyPrefixed(rule: string): void {
    switch (rule[0]) {
      case '>':
      case '#':
        this.#addPassword(hashIn(rule));
        break;
      case '<':
      case '!':
        this.#removePassword(hashIn(rule));
        break;
      case '(':
        this.#selectors.push(selectorIn(rule));
        break;
      default:
        this.#root.apply(rule);
    }
  }

  #addPassword(hash: PasswordHash): void {
    this.#passwords.set(hash.hex, hash);
    this.#noPassword = false;
  }

  #removePassword(hash: PasswordHash): void {
    if (!this.#passwords.delete(hash.hex)) throw new AclError(AclFault.noSuchPassword);
  }

  #reset(): void {
    this.#enabled = false;
    this.#sanitizing = 'sanitize-payload';
    this.#noPassword = false;
    this.#passwords.clear();
    this.#root = new SelectorRules();
    this.#selectors = [];
  }
}

/** `>` and `<` come before a password, `#` and `!` before its hash. */
function hashIn(rule: string): PasswordHash {
  const value = rule.slice(1);
  const hash = '><'.includes(rule[0]) ? PasswordHash.of(ascii(value)) : PasswordHash.parse(value);
  if (hash === null) throw new AclError(AclFault.badHash);
  return hash;
}

/** Redis-server reads quotes in here as a shell does. No rule needs them, so they are refused. */
function selectorIn(rule: string): SelectorRules {
  if (/["']/.test(rule)) throw new AclError(AclFault.syntax);
  const selector = new SelectorRules();
  for (const each of rule.slice(1, -1).split(/[\0\t-\r ]+/)) if (each !== '') selector.apply(each);
  return selector;
}
