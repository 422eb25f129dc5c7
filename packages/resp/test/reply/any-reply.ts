import { ReplyClass } from '@shardmux/plugin-api';
import fc from 'fast-check';

/** What a server sends, and what is to be found in it. */
export interface Sent {
  readonly bytes: Buffer;
  /** As `comparable` shows it. */
  readonly value: unknown;
  readonly replyClass: ReplyClass;
  readonly isPush: boolean;
}

type Element = Pick<Sent, 'bytes' | 'value'>;

/** Errors as their message. */
export function comparable(value: unknown): unknown {
  if (value instanceof Error) return { error: value.message };
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return value;
  return Object.entries(value).map(([key, each]) => [key, comparable(each)]);
}

const blob = (type: string, body: string) => {
  const bytes = Buffer.from(body);
  return Buffer.concat([Buffer.from(`${type}${bytes.length}\r\n`), bytes, Buffer.from('\r\n')]);
};
const aggregate = (type: string, count: number, elements: readonly Buffer[]) =>
  Buffer.concat([Buffer.from(`${type}${count}\r\n`), ...elements]);

const word = fc.string({ unit: 'binary', maxLength: 40 });
const line = word.map((text) => text.replace(/[\r\n]/g, ' '));

function doubleText(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  return String(value).replace('Infinity', 'inf');
}

const errorText = fc
  .tuple(fc.constantFrom('', 'ERR ', 'LOADING ', 'BUSY ', 'BUSYKEY '), line)
  .map(([code, text]) => `${code}${text}`);
const error = fc.oneof(
  errorText.map((text) => ({ bytes: Buffer.from(`-${text}\r\n`), value: { error: text } })),
  fc.oneof(errorText, word).map((text) => ({ bytes: blob('!', text), value: { error: text } })),
);
const scalar: fc.Arbitrary<Element> = fc.oneof(
  line.map((text) => ({ bytes: Buffer.from(`+${text}\r\n`), value: text })),
  word.map((text) => ({ bytes: blob('$', text), value: text })),
  word.map((text) => ({ bytes: blob('=', `txt:${text}`), value: text })),
  fc.maxSafeInteger().map((value) => ({ bytes: Buffer.from(`:${value}\r\n`), value })),
  fc.bigInt().map((value) => ({ bytes: Buffer.from(`(${value}\r\n`), value })),
  // Written out, a negative zero is none.
  fc
    .double()
    .map((value) => value + 0)
    .map((value) => ({ bytes: Buffer.from(`,${doubleText(value)}\r\n`), value })),
  fc.boolean().map((value) => ({ bytes: Buffer.from(value ? '#t\r\n' : '#f\r\n'), value })),
  fc.constantFrom('_\r\n', '$-1\r\n', '*-1\r\n').map((text) => ({ bytes: Buffer.from(text), value: null })),
);

const { element, attributes } = fc.letrec<{ element: Element; map: Element; attributes: Buffer }>((tie) => ({
  element: fc
    .tuple(
      tie('attributes'),
      fc.oneof(
        { depthSize: 'small' },
        scalar,
        error,
        fc.tuple(fc.constantFrom('*', '~'), fc.array(tie('element'), { maxLength: 8 })).map(listOf),
        tie('map'),
      ),
    )
    .map(([before, { bytes, value }]) => ({ bytes: Buffer.concat([before, bytes]), value })),
  map: fc
    .uniqueArray(fc.tuple(fc.oneof(word, fc.constant('__proto__')), tie('element')), {
      maxLength: 5,
      selector: ([key]) => key,
    })
    .map((entries) => mapOf('%', entries)),
  attributes: fc
    .oneof(
      { depthSize: 'small' },
      fc.constant([]),
      fc.constant([]),
      fc.constant([]),
      fc.array(
        fc.array(fc.tuple(word, tie('element')), { maxLength: 2 }).map((each) => mapOf('|', each)),
        { maxLength: 2 },
      ),
    )
    .map((maps) => Buffer.concat(maps.map(({ bytes }) => bytes))),
}));

function listOf([type, elements]: [string, Element[]]): Element {
  return {
    bytes: aggregate(
      type,
      elements.length,
      elements.map(({ bytes }) => bytes),
    ),
    value: elements.map(({ value }) => value),
  };
}

function mapOf(type: string, entries: readonly [string, Element][]): Element {
  const elements = entries.flatMap(([key, { bytes }]) => [blob('$', key), bytes]);
  // The order in which an object has them: names that are numbers come first.
  const names = Object.keys(Object.fromEntries(entries.map(([key]) => [`${key}`, 0])));
  const inOrder = entries.toSorted(([a], [b]) => names.indexOf(a) - names.indexOf(b));
  return {
    bytes: aggregate(type, entries.length, elements),
    value: inOrder.map(([key, { value }]) => [key, value]),
  };
}

const reply = element.map(
  ({ bytes, value }): Sent => ({ bytes, value, replyClass: classOf(value), isPush: false }),
);

function classOf(value: unknown): ReplyClass {
  if (typeof value !== 'object' || value === null || !('error' in value)) return ReplyClass.ok;
  return /^(LOADING|MASTERDOWN|BUSY) /.test(String(value.error)) ? ReplyClass.notReady : ReplyClass.error;
}

const push = fc
  .tuple(attributes, word, fc.array(element, { maxLength: 3 }))
  .map(([before, kind, rest]): Sent => {
    const { bytes, value } = listOf(['>', [{ bytes: blob('$', kind), value: kind }, ...rest]]);
    return { bytes: Buffer.concat([before, bytes]), value, replyClass: ReplyClass.ok, isPush: true };
  });

/** Replies of every type of RESP3, with pushes among them. */
export const anySent: fc.Arbitrary<Sent[]> = fc.array(fc.oneof({ arbitrary: reply, weight: 4 }, push), {
  minLength: 1,
  maxLength: 5,
});

export const bytesOf = (sent: readonly Sent[]) => Buffer.concat(sent.map(({ bytes }) => bytes));
