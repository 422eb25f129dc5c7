/** A reply of RESP2 or RESP3, taken apart. */
export interface ReplyTree {
  /** The byte that it begins with, as a character. */
  readonly type: string;
  /** What stands behind it: a line, or a bulk's bytes as Latin-1; `null` for what is absent. */
  readonly text: string | null;
  readonly items: readonly ReplyTree[];
}

/**
 * How much two replies have in common: all; all but the order of elements, at any depth; the same with an array's
 * elements taken in pairs; or types and counts of elements, errors in full; or that both are aggregates of one type.
 */
export type Likeness = 'bytes' | 'unordered' | 'pairs' | 'shape' | 'type';

const BULKS = '$=!';
const AGGREGATES = '*~>%';

/** @param bytes one whole reply. */
export function parseTree(bytes: Buffer): ReplyTree {
  return new Parser(bytes).next();
}

/** The replies that an array is made of. @param bytes one whole reply. */
export function elementsOf(bytes: Buffer): Buffer[] {
  const parser = new Parser(bytes);
  const [, count] = parser.line();
  return Array.from({ length: Number(count) }, () => {
    const start = parser.at;
    parser.next();
    return bytes.subarray(start, parser.at);
  });
}

class Parser {
  at = 0;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  next(): ReplyTree {
    const [type, line] = this.line();
    const length = Number(line);
    const isBulk = BULKS.includes(type);
    if (!isBulk && !AGGREGATES.includes(type)) return { type, text: line, items: [] };
    if (length < 0) return { type, text: null, items: [] };
    if (isBulk) {
      this.at += length + 2;
      const text = this.#bytes.toString('latin1', this.at - length - 2, this.at - 2);
      return { type, text, items: [] };
    }
    const count = type === '%' ? 2 * length : length;
    return { type, text: line, items: Array.from({ length: count }, () => this.next()) };
  }

  /** A type and what stands behind it. */
  line(): [type: string, text: string] {
    const end = this.#bytes.indexOf('\r\n', this.at);
    const text = this.#bytes.toString('latin1', this.at, end);
    this.at = end + 2;
    return [text[0], text.slice(1)];
  }
}

/** Two replies that are as alike as asked have the same text. */
export function textOf({ type, text, items }: ReplyTree, likeness: Likeness): string {
  if (text === null) return `${type}null`;
  if (AGGREGATES.includes(type) && likeness === 'type') return type;
  if (AGGREGATES.includes(type)) return `${type}[${elements(type, items, likeness).join(' ')}]`;
  if (likeness !== 'shape') return `${type}${JSON.stringify(text)}`;
  // Below zero integers say something else: that there is no such key, that it never ends.
  if (type === ':') return text.startsWith('-') ? `${type}${text}` : `${type}number`;
  if (type === ',' || type === '(') return `${type}number`;
  return BULKS.includes(type) ? `${type}bulk` : `${type}${text}`;
}

function elements(type: string, items: readonly ReplyTree[], likeness: Likeness): string[] {
  const texts = items.map((item) => textOf(item, likeness === 'pairs' ? 'bytes' : likeness));
  if (likeness === 'bytes' || likeness === 'shape') return texts;
  return (type === '%' || likeness === 'pairs' ? inPairs(texts) : texts).toSorted();
}

function inPairs(texts: readonly string[]): string[] {
  return Array.from({ length: texts.length / 2 }, (_, i) => `${texts[2 * i]}=${texts[2 * i + 1]}`);
}
