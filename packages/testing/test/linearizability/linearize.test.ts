import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import {
  historiesByKey,
  linearize,
  type Operation,
  redisKey,
  refutationText,
  type Value,
} from '../../src/index.js';
import { firstUnexplained } from './brute-force.js';
import { type Beat, beatsOf, CALLS, type Call, faultsOf, fewCalls, playedBy, sequence } from './histories.js';

const anyReply = fc.constantFrom<Value>(null, 'OK', 0, 1, 2, 3, '1', '2', '3', 'x');

/** Histories that are right now and then. */
const random = fewCalls.chain((calls) => {
  const operation = fc.record({
    call: fc.constantFrom(...calls),
    calledAt: fc.nat(9),
    took: fc.nat(5),
    reply: fc.option(anyReply, { nil: undefined }),
  });
  return fc.array(operation, { maxLength: 6 }).map((operations) =>
    operations.map(({ call, calledAt, took, reply }): Operation => {
      const answer = reply === undefined ? null : { reply, at: calledAt + took };
      return { client: 0, call, calledAt, answer };
    }),
  );
});

/** Right but for one reply at most. */
const nearlyRight = fewCalls.chain((calls) => {
  const call = fc.constantFrom(...calls);
  const beats = fc.array(beatsOf(call, 3, ['answered', 'answered', 'unknown', 'lost']), { maxLength: 7 });
  return fc.tuple(beats, fc.nat(9), anyReply).map(([played, wrong, reply]) =>
    playedBy(played).map((operation, i) => {
      const { answer } = operation;
      return i === wrong && answer !== null ? { ...operation, answer: { ...answer, reply } } : operation;
    }),
  );
});

describe.each([
  ['random replies', random],
  ['one wrong reply', nearlyRight],
])('against every order there is, histories with %s', (_, histories) => {
  it('refuses at the same answer, or has an order that is one', () => {
    const seen = { refused: 0, accepted: 0 };
    const property = fc.property(histories, (history) => {
      const { order, refutation } = linearize(history, redisKey);
      const expected = firstUnexplained(history, redisKey);
      expect(refutation?.unexplained.answer?.at ?? null).toBe(expected?.answer?.at ?? null);
      if (order !== null) expect(faultsOf(order, history)).toEqual([]);
      seen[order === null ? 'refused' : 'accepted']++;
    });
    fc.assert(property, { numRuns: 40_000 });
    expect(Math.min(seen.refused, seen.accepted)).toBeGreaterThan(5_000);
  });
});

/** Values that are not those of the mistakes below. */
const noise: fc.Arbitrary<Call> = fc.oneof(
  fc.constantFrom(...CALLS),
  fc.nat(4_000).map((value) => ['SET', 'k', String(value)]),
);

const longHistory = (fates: readonly Beat['fate'][]) =>
  fc.array(beatsOf(noise, 3, fates), { minLength: 100, maxLength: 200, size: 'max' });

it('finds an order for what overlaps, whatever has no answer', () => {
  const answered = new Array<Beat['fate']>(10).fill('answered');
  const property = fc.property(longHistory([...answered, 'unknown', 'lost']), (beats) => {
    const history = playedBy(beats);
    const { order } = linearize(history, redisKey);
    expect(order).not.toBeNull();
    expect(faultsOf(order!, history)).toEqual([]);
  });
  fc.assert(property, { numRuns: 100 });
});

/** What servers and proxies do wrong, each seen by the last operation. */
const MISTAKES: Record<string, readonly (readonly [Call, Value])[]> = {
  'a stale read': [
    [['SET', 'k', 'a'], 'OK'],
    [['SET', 'k', 'b'], 'OK'],
    [['GET', 'k'], 'b'],
    [['GET', 'k'], 'a'],
  ],
  'a lost write': [
    [['SET', 'k', 'a'], 'OK'],
    [['DEL', 'k'], 1],
    [['SET', 'k', 'b', 'NX'], 'OK'],
    [['GET', 'k'], null],
  ],
  'a lost increment': [
    [['SET', 'k', '5000'], 'OK'],
    [['INCR', 'k'], 5001],
    [['INCR', 'k'], 5001],
  ],
  'a write taken twice': [
    [['SET', 'k', 'a'], 'OK'],
    [['SET', 'k', 'b'], 'OK'],
    [['GET', 'k'], 'b'],
    [['DEL', 'k'], 1],
    [['SET', 'k', 'c', 'NX'], null],
  ],
  'an increment taken twice': [
    [['SET', 'k', '5000'], 'OK'],
    [['INCR', 'k'], 5001],
    [['GET', 'k'], '5002'],
  ],
  'a value out of nowhere': [
    [['SET', 'k', 'a'], 'OK'],
    [['GET', 'k'], 'nowhere'],
  ],
};

test.each(Object.keys(MISTAKES))('refuses %s, however much goes on before and after', (name) => {
  const property = fc.property(longHistory(['answered']), longHistory(['answered']), (before, after) => {
    const wrong = sequence(MISTAKES[name], 1_000);
    const history = [...playedBy(before), ...wrong, ...playedBy(after, 2_000)];
    const { refutation } = linearize(history, redisKey);
    expect(refutation?.unexplained).toBe(wrong.at(-1));
    expect(refutation?.prefix).toHaveLength(before.length + wrong.length);
  });
  fc.assert(property, { numRuns: 20 });
});

it('takes a write without an answer when it is needed, and once', () => {
  const written: Operation = { client: 0, call: ['SET', 'k', 'a'], calledAt: 0, answer: null };
  const late = sequence(
    [
      [['DEL', 'k'], 0],
      [['GET', 'k'], 'a'],
      [['DEL', 'k'], 1],
    ],
    1,
  );
  expect(linearize([written, ...late], redisKey).order).toEqual([late[0], written, late[1], late[2]]);
  const again = sequence([[['GET', 'k'], 'a']], 10);
  expect(linearize([written, ...late, ...again], redisKey).refutation?.unexplained).toBe(again[0]);
});

it('says that it does not know, rather than that all is well', () => {
  const writes = Array.from({ length: 30 }, (_, i): Operation => {
    return { client: i, call: ['SET', 'k', `${i}`], calledAt: 0, answer: { reply: 'OK', at: 10 + i } };
  });
  const read = sequence([[['GET', 'k'], 'nowhere']], 100);
  expect(() => linearize([...writes, ...read], redisKey, 10_000)).toThrow(
    expect.objectContaining({ code: 'SHARDMUX_FIXTURE_UNDECIDED' }),
  );
});

it('refuses each key on its own', () => {
  const histories = historiesByKey(
    sequence(
      [
        [['SET', 'a', '1'], 'OK'],
        [['GET', 'b'], '1'],
        [['GET', 'a'], '1'],
      ],
      0,
    ),
  );
  expect([...histories.keys()]).toEqual(['a', 'b']);
  expect(linearize(histories.get('a')!, redisKey).order).toHaveLength(2);
  expect(linearize(histories.get('b')!, redisKey).order).toBeNull();
});

it('tells what it refuses, and who wrote what was read, in lines', () => {
  const many = Array.from({ length: 60 }, (_, i) => [['SET', 'k', `v${i}`], 'OK'] as const);
  const open: Operation = { client: 7, call: ['DEL', 'k'], calledAt: 59.75, answer: null };
  const history = [...sequence([...many, [['GET', 'k'], 'v3']], 0), open];
  const text = refutationText(linearize(history, redisKey).refutation!);
  const lines = text.split('\n');
  expect(lines).toHaveLength(3 + 1 + 40);
  expect(lines[0]).toBe('no order of these operations explains GET k → "v3"');
  expect(lines[2]).toBe('  … and 21 before');
  expect(lines[3]).toBe('       3      3.000      3.500  SET k v3 → "OK"');
  expect(lines.at(-2)).toBe('       7     59.750          ?  DEL k → unknown');
  expect(lines.at(-1)).toBe('>     60     60.000     60.500  GET k → "v3"');
});
