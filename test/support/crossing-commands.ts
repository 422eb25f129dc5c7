import fc from 'fast-check';

export type Command = readonly string[];

/** On all three servers. */
export const KEYS = Array.from({ length: 12 }, (_, i) => `key${i}`);
/** Far away, so that it is the same on both sides. */
const EXPIRY = '4102444800123';

const key = fc.constantFrom(...KEYS);
const keys = fc.array(key, { minLength: 1, maxLength: 4 });
const member = fc.constantFrom('a', 'b', 'c', '1', '2.5', '');
const members = fc.array(member, { minLength: 1, maxLength: 5 });
const score = fc.constantFrom('1', '-2', '0.1', '3.0000000000000004', '1e300', 'inf', '-inf');
const scored = fc.array(fc.tuple(score, member), { minLength: 1, maxLength: 5 }).map((pairs) => pairs.flat());

/** Commands that fill a key, by what it is filled with. */
export const contents: Readonly<Record<string, fc.Arbitrary<Command>>> = {
  sets: fc.tuple(key, members).map(([k, values]) => ['SADD', k, ...values]),
  lists: fc.tuple(key, members).map(([k, values]) => ['RPUSH', k, ...values]),
  'sorted sets': fc.tuple(key, scored).map(([k, pairs]) => ['ZADD', k, ...pairs]),
  counters: fc.tuple(key, members).map(([k, values]) => ['PFADD', k, ...values]),
  strings: fc.tuple(key, fc.string({ maxLength: 12 })).map(([k, value]) => ['SET', k, value]),
  hashes: fc.tuple(key, member).map(([k, value]) => ['HSET', k, 'f', value]),
  places: key.map((k) => ['GEOADD', k, '13.361389', '38.115556', 'a', '15.087269', '37.502669', 'b']),
};
/** What else may become of a key. */
export const changes = fc.oneof(
  key.map((k) => ['PEXPIREAT', k, EXPIRY]),
  key.map((k) => ['DEL', k]),
);

const limit = fc.constantFrom([], ['LIMIT', '0'], ['LIMIT', '1'], ['LIMIT', '-1'], ['LIMIT']);
const weights = fc.constantFrom([], ['WEIGHTS', '2', '-0.5'], ['WEIGHTS', '1'], ['weights', 'x', '1']);
const aggregate = fc.constantFrom([], ['AGGREGATE', 'MIN'], ['aggregate', 'sum'], ['AGGREGATE', 'x']);
const withScores = fc.constantFrom([], ['WITHSCORES'], ['wrong']);
const end = fc.constantFrom('LEFT', 'RIGHT', 'left', 'middle');
const counted = keys.map((all) => [String(all.length), ...all]);

/** Commands whose keys lie on several servers, most of them well-formed. */
export const crossing: fc.Arbitrary<Command> = fc.oneof(
  fc.tuple(fc.constantFrom('SINTER', 'SUNION', 'SDIFF', 'PFCOUNT'), keys).map(([name, k]) => [name, ...k]),
  fc
    .tuple(fc.constantFrom('SINTERSTORE', 'SUNIONSTORE', 'SDIFFSTORE', 'PFMERGE'), key, keys)
    .map(([name, target, k]) => [name, target, ...k]),
  fc
    .tuple(fc.constantFrom('SINTERCARD', 'ZINTERCARD'), counted, limit)
    .map(([name, ...rest]) => [name, ...rest.flat()]),
  fc
    .tuple(fc.constantFrom('ZUNION', 'ZINTER'), counted, weights, aggregate, withScores)
    .map(([name, ...rest]) => [name, ...rest.flat()]),
  fc.tuple(counted, withScores).map((rest) => ['ZDIFF', ...rest.flat()]),
  fc
    .tuple(fc.constantFrom('ZUNIONSTORE', 'ZINTERSTORE'), key, counted, weights, aggregate)
    .map(([name, target, ...rest]) => [name, target, ...rest.flat()]),
  fc.tuple(key, counted).map(([target, k]) => ['ZDIFFSTORE', target, ...k]),
  fc
    .tuple(key, key, fc.constantFrom([], ['LEN'], ['IDX', 'WITHMATCHLEN'], ['wrong']))
    .map(([a, b, o]) => ['LCS', a, b, ...o]),
  fc
    .tuple(key, key, fc.constantFrom([], ['REPLACE'], ['DB', '99'], ['wrong']))
    .map(([a, b, o]) => ['COPY', a, b, ...o]),
  fc.tuple(fc.constantFrom('RENAME', 'RENAMENX', 'RPOPLPUSH'), key, key),
  fc.tuple(fc.constant('SMOVE'), key, key, member),
  fc.tuple(fc.constant('LMOVE'), key, key, end, end),
  fc
    .tuple(fc.constantFrom('AND', 'OR', 'XOR', 'NOT', 'wrong'), key, keys)
    .map(([operation, target, k]) => ['BITOP', operation, target, ...k]),
  fc
    .tuple(key, key, fc.constantFrom([], ['STOREDIST']))
    .map(([a, b, o]) => [
      ...['GEOSEARCHSTORE', a, b, 'FROMLONLAT', '15', '37', 'BYRADIUS', '200', 'km', 'ASC'],
      ...o,
    ]),
  fc
    .tuple(key, key, fc.constantFrom('STORE', 'STOREDIST'))
    .map(([a, b, o]) => ['GEORADIUS', a, '15', '37', '200', 'km', o, b]),
  fc.tuple(key, key).map(([a, b]) => ['GEORADIUSBYMEMBER', a, 'a', '200', 'km', 'STORE', b]),
  fc.tuple(key, key).map(([a, b]) => ['ZRANGESTORE', a, b, '-inf', '+inf', 'BYSCORE', 'LIMIT', '0', '2']),
  fc
    .tuple(key, key, fc.constantFrom(['ALPHA', 'DESC'], ['LIMIT', '0', '2'], ['BY', 'nosort', 'GET', '#']))
    .map(([a, b, o]) => ['SORT', a, ...o, 'STORE', b]),
);
