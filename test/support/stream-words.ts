import type { Argument } from '@shardmux/testing';
import { type Family, texts } from './stream-templates.js';

export type { Argument };

/** Keys of one tag lie on one server. */
const TAGS = ['{a}', '{b}', '{c}', '{d}', '{é}'];
const KINDS: readonly Family[] = ['string', 'hash', 'list', 'set', 'zset', 'stream', 'hll', 'bits', 'geo'];
const ODD_KEYS: readonly Argument[] = [
  ...['', '}{', '{}1', '{{x}}', 'schlüssel', 'long'.repeat(100)],
  ...[[0], [0x0d, 0x0a], [0xff, 0xfe, 0x80], [0x7b, 0xff, 0x7d]].map((bytes) => Buffer.from(bytes)),
];
const EXTREMES = [
  ...['-9223372036854775808', '9223372036854775807', '99999999999999999999'],
  ...['1.5', '', 'abc', '-0', ' 1', '0x10'],
];
const NUMBERS = ['1.5', '-2', '0', '3', '1e3', 'inf', '-inf', '0.1', '17.25', '-0.5', '3', '7'];
const PLACES = [
  ['13.361389', '38.115556'],
  ['15.087269', '37.502669'],
  ['2.349014', '48.864716'],
  ['12.496366', '41.902782'],
  ['14.268124', '40.851775'],
  ['-0.5', '90'],
];
/** So late that nothing ends while the stream runs. */
const LIVES = ['10000', '100000', '1000000'];
const FUTURE = ['4102444800', '4102444801', '5000000000'];

/** What the words of templates stand for, drawn anew each time. */
export class StreamWords {
  /** Every key is of the group that was entered. */
  staysInGroup = false;
  readonly #random: () => number;
  #tag: string | null = null;
  /** Where there is no tag, the step has but this key. */
  #key: Argument = '';
  #kind: Family = 'string';
  /** IDs of streams grow with it. */
  #steps = 0;

  constructor(random: () => number) {
    this.#random = random;
  }

  /** From here on keys lie on one server: those of a tag, or a single one. */
  enterGroup(isTagged: boolean): void {
    this.#tag = isTagged || this.#random() < 0.75 ? this.#pick(TAGS) : null;
  }

  /** Takes a key for `@`. It and the others tend to hold what the family's commands work on. */
  chooseKey(family: Family): void {
    this.#steps++;
    const kind = KINDS.includes(family) ? family : this.#pick(KINDS);
    this.#kind = family === 'script' ? 'string' : kind;
    this.#key = this.#tag === null ? this.#loose() : this.#tagged(this.#tag);
  }

  /** What could be a key of the group. */
  junk(): Argument {
    return this.#tag === null ? this.#key : this.#pick([this.#tag, `${this.#tag}junk`]);
  }

  fill(word: string): Argument[] {
    if (word.startsWith('$') && word in texts) return [texts[word]];
    if (word.length > 1 && '[(#'.includes(word[0])) {
      return [word[0] + this.fill(word.slice(1)).join('')];
    }
    if (word.endsWith('+') && word.length > 1) return this.#many([...word.slice(0, -1)]);
    return word === 'O' ? this.#pick(PLACES) : [this.#one(word)];
  }

  #one(word: string): Argument {
    switch (word) {
      case '@':
        return this.#key;
      case 'K':
        return this.#tag === null ? this.#key : this.#tagged(this.#tag);
      case 'A':
        return this.#any();
      case 'V':
        return this.#value();
      case 'N':
        return this.#random() < 0.03 ? this.#pick(EXTREMES) : String(this.#below(14) - 4);
      case 'P':
        return String(1 + this.#below(this.#random() < 0.1 ? 500 : 12));
      case 'D':
        return this.#pick(NUMBERS);
      case 'F':
        return this.#field();
      case 'I':
        return this.#id();
      case 'G':
        return this.#random() < 0.95 ? 'group' : 'others';
      case 'C':
        return `consumer${this.#below(2)}`;
      case 'B':
        return String(this.#below(2));
      case 'S':
        return this.#pick(LIVES);
      case 'U':
        return this.#pick(FUTURE);
      case 'Q':
        return `${this.#tag}string*`;
      default:
        return word;
    }
  }

  #many(words: readonly string[]): Argument[] {
    const count = this.#random() < 0.01 ? 150 : 1 + this.#below(5);
    return Array.from({ length: count }, () => words.map((word) => this.#one(word))).flat();
  }

  #any(): Argument {
    if (this.staysInGroup) return this.#one('K');
    return this.#random() < 0.7 ? this.#tagged(this.#pick(TAGS)) : this.#loose();
  }

  #tagged(tag: string): string {
    return `${tag}${this.#likelyKind()}${this.#below(3)}`;
  }

  #loose(): Argument {
    return this.#random() < 0.2 ? this.#pick(ODD_KEYS) : `${this.#likelyKind()}${this.#below(3)}`;
  }

  #likelyKind(): Family {
    return this.#random() < 0.94 ? this.#kind : this.#pick(KINDS);
  }

  #value(): Argument {
    const kind = this.#below(40);
    if (kind < 15) return String(this.#below(100));
    if (kind < 18) return Buffer.from(Array.from({ length: this.#below(40) }, () => this.#below(256)));
    if (kind === 18) return '$5\r\nwrong\r\n'.repeat(this.#below(3));
    if (kind === 19) return 'größe 💾'.repeat(this.#below(60));
    return `value${this.#below(50)}`;
  }

  #field(): string {
    const field = this.#below(20);
    if (field < 6) return String(field);
    return field === 6 ? 'long'.repeat(20) : `field${field}`;
  }

  /** Mostly of now, which repeats for a while, so that it is found again. */
  #id(): string {
    const now = (this.#steps >> 6) + 1;
    const ago = this.#random() < 0.5 ? 0 : this.#below(20);
    return `${Math.max(0, now - ago)}-${this.#below(4)}`;
  }

  #pick<Item>(items: readonly Item[]): Item {
    return items[this.#below(items.length)];
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }
}
