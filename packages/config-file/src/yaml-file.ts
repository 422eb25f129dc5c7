import {
  Composer,
  type CST,
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  Parser,
} from 'yaml';
import { type ConfigProblem, describeValue, InvalidConfigError } from './config-problem.js';

/** Keys and list indices from the top of the file. */
export type Path = readonly (string | number)[];

// What YAML 1.1 lets a text hold. Twemproxy's reader refuses the rest, and in a configuration it is a mishap.
const UNPRINTABLE = /[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]/u;

// Where a message of the parser begins to repeat the text: a password without quotes is easily bad YAML.
const QUOTATION = /(?<=\w): .*| \\.*/s;

/** A thing read from a file, and where it stands. */
export interface Placed<Value> {
  readonly value: Value;
  readonly path: Path;
}

/** The text of a configuration file, its YAML nodes, and where in the text each of them stands. */
export class YamlFile {
  readonly name: string;
  /** The outermost tokens, which tell what the documents do not: markers and directives. */
  readonly tokens: readonly CST.Token[];
  readonly documents: readonly Document.Parsed[];
  /** All nodes of the first document, keys included, each with its path. */
  readonly entries: { readonly node: Node; readonly path: Path }[] = [];
  /** Keys that stand a second time in their mapping. */
  readonly duplicates: ConfigProblem[] = [];
  readonly #lines = new LineCounter();
  /** Offsets of keys and values, by path. */
  readonly #keys = new Map<string, number>();
  readonly #values = new Map<string, number>();

  /**
   * @param name for error messages: the file's path.
   * @throws {InvalidConfigError} where the content is not a YAML text.
   */
  constructor(content: Uint8Array | string, name: string) {
    this.name = name;
    const text = typeof content === 'string' ? content : this.#decode(content);
    this.#refuseUnprintable(text);
    this.tokens = [...new Parser(this.#lines.addNewLine).parse(text)];
    this.documents = [...new Composer({ uniqueKeys: false }).compose(this.tokens)];
    const faults = this.documents.flatMap(({ errors }) => errors);
    if (faults.length > 0) {
      throw new InvalidConfigError(
        faults.map(({ pos, message }) =>
          this.problemAt(pos[0], [], 'a fault in the YAML', message.replace(QUOTATION, '')),
        ),
      );
    }
    this.#index(this.root, []);
  }

  /** The top of the first document; `null` where the file is empty. */
  get root(): Node | null {
    return this.documents[0]?.contents ?? null;
  }

  /**
   * What the file says, for a schema to check.
   * @throws {InvalidConfigError} where that is more than one document, or an endless one.
   */
  plainValue(): unknown {
    const [document, second] = this.documents;
    if (second !== undefined) {
      const offset = second.range[0];
      throw new InvalidConfigError([this.problemAt(offset, [], 'a second document', 'must be one document')]);
    }
    try {
      return document?.toJS();
    } catch {
      const lost = this.entries.find(({ node }) => isAlias(node) && node.resolve(document) === undefined);
      // Else they are aliases within aliases that would grow without end.
      const problem =
        lost === undefined
          ? this.problemAt(0, [], 'too many aliases', 'must be plain')
          : this.problemWith(lost.path, 'an alias without an anchor', 'must be in quotes where it is a text');
      throw new InvalidConfigError([problem]);
    }
  }

  /** @param offset in characters. */
  problemAt(offset: number, path: Path, found: string, expected: string): ConfigProblem {
    const { line, col } = this.#lines.linePos(offset);
    return { file: this.name, line, column: col, path: path.join('.'), found, expected };
  }

  /** About the value at a path; where there is none, the nearest key above it is pointed at. */
  problemWith(path: Path, found: string, expected: string): ConfigProblem {
    let offset = this.#values.get(path.join('\0'));
    for (let depth = path.length; offset === undefined && depth > 0; depth--) {
      const above = path.slice(0, depth).join('\0');
      offset = this.#keys.get(above) ?? this.#values.get(above);
    }
    return this.problemAt(offset ?? 0, path, found, expected);
  }

  /** About the key at the end of a path. */
  problemWithKey(path: Path, found: string, expected: string): ConfigProblem {
    return this.problemAt(this.#keys.get(path.join('\0')) ?? 0, path, found, expected);
  }

  #index(node: unknown, path: Path): void {
    if (!isNode(node)) return;
    this.entries.push({ node, path });
    this.#values.set(path.join('\0'), node.range?.[0] ?? 0);
    if (isSeq(node)) for (const [i, item] of node.items.entries()) this.#index(item, [...path, i]);
    if (isMap(node)) for (const { key, value } of node.items) this.#indexPair(key, value, path);
  }

  #indexPair(key: unknown, value: unknown, parent: Path): void {
    if (!isNode(key)) return;
    const path = [...parent, scalarText(key)];
    const offset = key.range?.[0] ?? 0;
    this.entries.push({ node: key, path });
    if (this.#keys.has(path.join('\0'))) {
      this.duplicates.push(this.problemAt(offset, path, 'the key a second time', 'must stand once'));
      return;
    }
    this.#keys.set(path.join('\0'), offset);
    this.#index(value, path);
  }

  #decode(content: Uint8Array): string {
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(content);
    } catch {
      throw new InvalidConfigError([this.#textProblem(1, 1, 'bytes that are not UTF-8', 'must be UTF-8')]);
    }
  }

  #refuseUnprintable(text: string): void {
    const unprintable = UNPRINTABLE.exec(text);
    if (unprintable === null) return;
    const before = text.slice(0, unprintable.index).split('\n');
    const found = `an unprintable character, ${describeValue(unprintable[0])}`;
    const column = before.at(-1)!.length + 1;
    throw new InvalidConfigError([this.#textProblem(before.length, column, found, 'must be text')]);
  }

  #textProblem(line: number, column: number, found: string, expected: string): ConfigProblem {
    return { file: this.name, line, column, path: '', found, expected };
  }
}

/** A scalar as it was written, quotes and escapes aside: `007` is not 7. Empty for all that is no scalar. */
export function scalarText(node: unknown): string {
  if (!isScalar(node)) return '';
  return typeof node.value === 'string' ? node.value : (node.source ?? '');
}
