import type { Arguments } from '../commands/refusal.js';
import type { AclCommand } from './acl-commands.js';
import type { Denial } from './denial.js';
import { KeyReferences } from './key-references.js';
import type { PasswordHash } from './password-hash.js';
import type { Selector, SelectorDescription } from './selector.js';

/** Kept to be shown: whether values are checked is for the server behind to say. */
export type Sanitizing = 'sanitize-payload' | 'skip-sanitize-payload' | null;

export interface UserProperties {
  readonly name: string;
  /** Those who are not cannot authenticate; who already is goes on. */
  readonly enabled: boolean;
  readonly sanitizing: Sanitizing;
  /** Any password will do. */
  readonly noPassword: boolean;
  readonly passwords: readonly PasswordHash[];
  /** The first is the user's own; a command must be within one of them as a whole. */
  readonly selectors: readonly Selector[];
}

/** The keys of the command that is looked at: one is looked at after the other. */
const keys = new KeyReferences();

/** Somebody whom clients can authenticate as, and what they may do then. Immutable. */
export class User {
  readonly name: string;
  /** May do everything: nothing needs to be looked at. */
  readonly isUnrestricted: boolean;
  readonly noPassword: boolean;
  readonly isEnabled: boolean;
  readonly #properties: UserProperties;

  constructor(properties: UserProperties) {
    this.name = properties.name;
    this.isUnrestricted = properties.selectors.some((selector) => selector.isUnrestricted);
    this.noPassword = properties.noPassword;
    this.isEnabled = properties.enabled;
    this.#properties = properties;
  }

  /** Takes as long for a wrong password as for a right one. */
  accepts(password: PasswordHash): boolean {
    const { enabled, noPassword, passwords } = this.#properties;
    let right = noPassword;
    for (const each of passwords) right = each.equals(password) || right;
    return right && enabled;
  }

  /** Lets in by the same passwords: who was let in by this one may stay. */
  hasPasswordsOf({ noPassword, passwords }: User): boolean {
    const own = new Set(this.passwords.map(({ hex }) => hex));
    return this.noPassword === noPassword && passwords.every(({ hex }) => own.has(hex));
  }

  /** There is no key that it may not read. */
  get readsAllKeys(): boolean {
    return this.selectors.some(({ readsAllKeys }) => readsAllKeys);
  }

  /**
   * Why this user may not run the command; `null` when it may.
   * @param args of the command, as many as it must have.
   */
  denialOf(command: AclCommand, args: Arguments): Denial | null {
    if (this.isUnrestricted) return null;
    keys.count = 0;
    command.findKeys?.(args, keys);
    let denial: Denial | null = null;
    for (const selector of this.#properties.selectors) {
      const another = selector.denialOf(command, args, keys);
      if (another === null) return null;
      if (denial === null || another.outweighs(denial)) denial = another;
    }
    return denial;
  }

  /** As ACL GETUSER shows them. */
  get flags(): string[] {
    const { enabled, noPassword, sanitizing } = this.#properties;
    return [enabled ? 'on' : 'off', noPassword ? 'nopass' : '', sanitizing ?? ''].filter(
      (flag) => flag !== '',
    );
  }

  get passwords(): readonly PasswordHash[] {
    return this.#properties.passwords;
  }

  get selectors(): readonly Selector[] {
    return this.#properties.selectors;
  }

  /** The line that ACL LIST shows: rules that make the same user. */
  describe(): string {
    const [own, ...others] = this.selectors.map((selector) => rulesOf(selector.describe()));
    const passwords = this.passwords.map(({ hex }) => `#${hex}`);
    return ['user', this.name, ...this.flags, ...passwords, own, ...others.map((each) => `(${each})`)].join(
      ' ',
    );
  }
}

function rulesOf({ keys, channels, commands }: SelectorDescription): string {
  const rules = channels === '&*' ? [keys, channels, commands] : [keys, 'resetchannels', channels, commands];
  return rules.filter((rule) => rule !== '').join(' ');
}
