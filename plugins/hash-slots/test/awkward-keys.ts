import fc from 'fast-check';

/** Keys that libraries have got wrong. */
export const awkwardKeys: readonly string[] = [
  ...['{}', '}{', '{', '}', '{{', '}}', '{}{}', '{}{foo}', 'foo{}{bar}', 'a{}b}c', '{}}', '{{}', '{{}}'],
  ...[
    '{a',
    'a}',
    'a{',
    '{a}',
    '{{a}}',
    '{a}{b}',
    'a{b{c}d}e',
    '}a{b}',
    '{a}}',
    '{ }',
    '{\0}',
    'foo{bar}{zap}',
  ],
  ...['{user1000}.following', '{user1000}.followers', 'foo{{bar}}zap', '{é}ü', '\r\n{\n}\r'],
];

/** Keys with braces in all places, and bytes of any value between them. */
export const bracedKeys: fc.Arbitrary<Uint8Array> = fc
  .array(
    fc.oneof(
      { weight: 2, arbitrary: fc.constantFrom('{', '}').map((brace) => Buffer.from(brace)) },
      { weight: 1, arbitrary: fc.uint8Array({ maxLength: 5 }) },
    ),
    { minLength: 1, maxLength: 12 },
  )
  .map((parts) => Buffer.concat(parts));
