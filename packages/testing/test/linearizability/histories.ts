import fc from 'fast-check';
import { type Answer, type Operation, redisKey, type Value } from '../../src/index.js';

export type Call = readonly string[];

const [GET, INCR, DEL] = ['GET', 'INCR', 'DEL'].map((name) => [name, 'k']);
const [ONE, TWO, TEXT] = ['1', '2', 'x'].map((value) => ['SET', 'k', value]);
const NEW = ['SET', 'k', '1', 'NX'];

export const CALLS: readonly Call[] = [GET, INCR, DEL, ONE, TWO, TEXT, NEW];

/** Few that have to do with each other, so that histories which are wrong are often right by chance. */
export const fewCalls = fc.constantFrom<readonly Call[]>(
  ...[
    CALLS,
    [GET, GET, ONE, TWO],
    [GET, INCR],
    [GET, GET, INCR, ONE],
    [GET, DEL, NEW],
    [GET, INCR, TWO, DEL],
  ],
);

/** One operation of a history that one client after the other makes, and by how much it is called and answered off. */
export interface Beat {
  readonly call: Call;
  readonly early: number;
  readonly late: number;
  readonly fate: 'answered' | 'unknown' | 'lost';
}

/** @param reach how many operations' time an operation may take. */
export function beatsOf(
  call: fc.Arbitrary<Call>,
  reach: number,
  fates: readonly Beat['fate'][],
): fc.Arbitrary<Beat> {
  const offset = fc.nat(10 * reach).map((tenths) => tenths / 10);
  return fc.record({ call, early: offset, late: offset, fate: fc.constantFrom(...fates) });
}

/** What a server that makes no mistake answers: each operation takes effect at its place, the lost ones never. */
export function playedBy(beats: readonly Beat[], start = 0): Operation[] {
  let state: string | null = redisKey.initial;
  return beats.map(({ call, early, late, fate }, i) => {
    const step = redisKey.apply(state, call);
    if (fate !== 'lost') state = step.state;
    const at = start + i;
    const answer: Answer | null = fate === 'answered' ? { reply: step.reply, at: at + late } : null;
    return { client: i, call, calledAt: at - early, answer };
  });
}

/** One operation after the other, with the replies that are given. */
export function sequence(steps: readonly (readonly [Call, Value])[], start: number): Operation[] {
  return steps.map(([call, reply], i) => {
    const calledAt = start + i;
    return { client: i, call, calledAt, answer: { reply, at: calledAt + 0.5 } };
  });
}

/** What is wrong with an order that explains a history, in words; empty: nothing. */
export function faultsOf(order: readonly Operation[], history: readonly Operation[]): string[] {
  const faults: string[] = [];
  const place = new Map(order.map((operation, i) => [operation, i]));
  if (place.size !== order.length) faults.push('an operation takes effect twice');
  if (order.some((operation) => !history.includes(operation))) faults.push('it has an operation of its own');
  if (history.some((one) => one.answer !== null && !place.has(one)))
    faults.push('an answered one is missing');
  let state: string | null = redisKey.initial;
  let called = Number.NEGATIVE_INFINITY;
  for (const { call, calledAt, answer } of order) {
    const step = redisKey.apply(state, call);
    state = step.state;
    if (answer !== null && answer.reply !== step.reply) faults.push(`${call.join(' ')} gives ${step.reply}`);
    // One that was called after this one had been answered stands before it.
    if (answer !== null && answer.at < called) faults.push(`${call.join(' ')} comes too late`);
    called = Math.max(called, calledAt);
  }
  return faults;
}
