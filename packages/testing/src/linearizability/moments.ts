import type { Operation } from './operation.js';

/** An operation, as the search for an order sees it. */
export interface Entry {
  readonly operation: Operation;
  /** Its own among those that are open at the same time; of one without an answer, among all of those. */
  readonly bit: bigint;
  /** Of one without an answer: the bit of the same call before it, or 0n. */
  readonly twin: bigint;
}

/** An answer is known. */
export interface Moment {
  readonly answered: Entry;
  /** What was called by then and not answered before, the answered one first. */
  readonly open: readonly Entry[];
  /** What was called by then and never answered, in the order of the calls. */
  readonly unanswered: readonly Entry[];
}

/** All answers of a history, in their order. A call at the very moment of an answer counts as made before it. */
export function momentsOf(history: readonly Operation[]): Moment[] {
  const calls = history.toSorted((a, b) => a.calledAt - b.calledAt);
  const answers = history.flatMap((operation) =>
    operation.answer === null ? [] : [{ operation, at: operation.answer.at }],
  );
  let next = 0;
  let open: readonly Entry[] = [];
  let unanswered: readonly Entry[] = [];
  return answers
    .toSorted((a, b) => a.at - b.at)
    .map(({ operation, at }) => {
      for (; next < calls.length && calls[next]!.calledAt <= at; next++) {
        const called = calls[next]!;
        if (called.answer === null) unanswered = [...unanswered, unansweredEntry(called, unanswered)];
        else open = [...open, { operation: called, bit: freeBit(open), twin: 0n }];
      }
      const answered = open.find((entry) => entry.operation === operation)!;
      open = open.filter((entry) => entry !== answered);
      return { answered, open: [answered, ...open], unanswered };
    });
}

function freeBit(open: readonly Entry[]): bigint {
  let bit = 1n;
  while (open.some((entry) => entry.bit === bit)) bit <<= 1n;
  return bit;
}

function unansweredEntry(operation: Operation, before: readonly Entry[]): Entry {
  const twin = before.findLast((entry) => isSame(entry.operation.call, operation.call));
  return { operation, bit: 1n << BigInt(before.length), twin: twin?.bit ?? 0n };
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((word, i) => word === other[i]);
}
