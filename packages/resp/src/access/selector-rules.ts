import { AclError, AclFault } from './acl-error.js';
import { applyCommandRule, CommandSet } from './command-set.js';
import { Glob } from './glob.js';
import { KeyRight } from './key-references.js';
import { type ChannelPattern, type KeyPattern, Selector } from './selector.js';

/** Blanks and NUL: with one of them a described rule could be read as another. */
export const blanks = /[\0\t-\r ]/;

/** `%R~pattern`; without the tilde the pattern is empty. */
const rightAndPattern = /^%(r|w|rw|wr)(?:~(.*))?$/is;

/** The rules about commands, keys and channels, obeyed one after the other. */
export class SelectorRules {
  readonly #commands = new CommandSet();
  #allKeys = false;
  #allChannels = false;
  readonly #keys = new Map<string, KeyPattern>();
  readonly #channels = new Map<string, ChannelPattern>();

  /** @throws {AclError} */
  apply(rule: string): void {
    switch (rule.toLowerCase()) {
      case 'allkeys':
      case '~*':
        this.#setAllKeys(true);
        break;
      case 'resetkeys':
        this.#setAllKeys(false);
        break;
      case 'allchannels':
      case '&*':
        this.#setAllChannels(true);
        break;
      case 'resetchannels':
        this.#setAllChannels(false);
        break;
      case 'allcommands':
        this.#commands.setAll(true);
        break;
      case 'nocommands':
        this.#commands.setAll(false);
        break;
      default:
        this.#applyPrefixed(rule);
    }
  }

  toSelector(): Selector {
    return new Selector({
      commands: this.#commands,
      allKeys: this.#allKeys,
      keys: [...this.#keys.values()],
      allChannels: this.#allChannels,
      channels: [...this.#channels.values()],
    });
  }

  #applyPrefixed(rule: string): void {
    switch (rule[0]) {
      case '~':
        this.#allowKeys(KeyRight.readWrite, rule.slice(1));
        break;
      case '%':
        this.#applyRight(rule);
        break;
      case '&':
        this.#allowChannels(rule.slice(1));
        break;
      case '+':
      case '-':
        applyCommandRule(this.#commands, rule);
        break;
      default:
        throw new AclError(AclFault.syntax);
    }
  }

  #setAllKeys(allowed: boolean): void {
    this.#allKeys = allowed;
    this.#keys.clear();
  }

  #setAllChannels(allowed: boolean): void {
    this.#allChannels = allowed;
    this.#channels.clear();
  }

  #applyRight(rule: string): void {
    const [, letters, pattern] = rightAndPattern.exec(rule) ?? [];
    if (letters === undefined && !this.#allKeys) throw new AclError(AclFault.syntax);
    const reads = /r/i.test(letters) ? KeyRight.read : KeyRight.none;
    const writes = /w/i.test(letters) ? KeyRight.write : KeyRight.none;
    this.#allowKeys((reads | writes) as KeyRight, pattern ?? '');
  }

  #allowKeys(right: KeyRight, pattern: string): void {
    if (this.#allKeys) throw new AclError(AclFault.afterAllKeys);
    if (blanks.test(pattern)) throw new AclError(AclFault.syntax);
    const known = this.#keys.get(pattern);
    this.#keys.set(pattern, {
      text: pattern,
      right: ((known?.right ?? KeyRight.none) | right) as KeyRight,
      glob: known?.glob ?? new Glob(pattern),
    });
  }

  #allowChannels(pattern: string): void {
    if (this.#allChannels) throw new AclError(AclFault.afterAllChannels);
    if (blanks.test(pattern)) throw new AclError(AclFault.syntax);
    if (!this.#channels.has(pattern)) this.#channels.set(pattern, { text: pattern, glob: new Glob(pattern) });
  }
}
