import { FixtureError } from '../fixture-error.js';
import { Met, type Standing } from './met.js';
import type { Model } from './model.js';
import { type Entry, type Moment, momentsOf } from './moments.js';
import type { Operation, Value } from './operation.js';

/** Exactly one of the two is null. */
export type Linearization =
  | { readonly order: readonly Operation[]; readonly refutation: null }
  | { readonly order: null; readonly refutation: Refutation };

/**
 * The smallest prefix of a history that has no order: what was called before a certain answer. Of its operations those
 * that are answered later may have taken effect or not, but if so with the reply that they were given.
 */
export interface Refutation {
  /** By the time of the call. */
  readonly prefix: readonly Operation[];
  /** The one whose answer is the last in the prefix: no order has it. */
  readonly unexplained: Operation;
}

/** Some 300 MB. */
const MAX_STANDINGS = 1_000_000;

/**
 * Looks for an order of the operations of one object in which each takes effect between its call and its answer, and
 * the model gives every reply that was given. Operations without an answer stand in it where they are needed.
 *
 * The search is that of J. Wing and C. Gong (Testing and verifying concurrent objects. Journal of Parallel and
 * Distributed Computing 17, 1993) as G. Lowe refined it (Testing for linearizability. Concurrency and Computation:
 * Practice and Experience 29, 2017): an operation takes effect just in time, when it is answered or when one that is
 * answered needs it, and what was met once is not tried again.
 *
 *   answer ──► its operation has taken effect ─────────────────────────► next answer ──► … ──► order
 *     ▲  └───► else: others, then it, the shortest way first ──► … ─┘         │
 *     └─────────────────── another way ◄── no way from there ◄───────────────┘
 *
 * @param maxStandings how much of the search is remembered, and by that how long it goes on.
 * @throws {FixtureError} `SHARDMUX_FIXTURE_UNDECIDED` where that does not do: then nothing is known.
 */
export function linearize<State extends Value>(
  history: readonly Operation[],
  model: Model<State>,
  maxStandings = MAX_STANDINGS,
): Linearization {
  const moments = momentsOf(history);
  if (moments.length === 0) return { order: [], refutation: null };
  const search = new Search(moments, model, maxStandings);
  const ways = [search.ways({ state: model.initial, done: 0n, spent: 0n, path: null }, 0)];
  let furthest = 0;
  while (ways.length > 0) {
    const { value, done } = ways.at(-1)!.next();
    if (done) ways.pop();
    else if (ways.length === moments.length) return { order: operationsOf(value.path), refutation: null };
    else {
      furthest = Math.max(furthest, ways.length);
      ways.push(search.ways(value, ways.length));
    }
  }
  return { order: null, refutation: refutationAt(moments[furthest]!, history) };
}

interface Configuration<State extends Value> extends Standing<State> {
  readonly path: Path | null;
}

/** What has taken effect, the last one first. */
interface Path {
  readonly operation: Operation;
  readonly before: Path | null;
}

class Search<State extends Value> {
  readonly #moments: readonly Moment[];
  readonly #model: Model<State>;
  readonly #met: readonly Met<State>[];
  readonly #maxStandings: number;
  #standings = 0;

  constructor(moments: readonly Moment[], model: Model<State>, maxStandings: number) {
    this.#moments = moments;
    this.#model = model;
    this.#met = moments.map(() => new Met());
    this.#maxStandings = maxStandings;
  }

  /** Every way to have the operation that is answered at a moment take effect by then, the shortest first. */
  *ways(start: Configuration<State>, index: number): Generator<Configuration<State>, undefined> {
    const moment = this.#moments[index]!;
    const met = this.#met[index]!;
    const { bit } = moment.answered;
    const queue: Configuration<State>[] = [];
    const first = this.#settled(start, moment);
    if (!met.isNew(first)) return;
    if ((first.done & bit) === 0n) queue.push(first);
    else yield { ...first, done: first.done & ~bit };
    for (const each of queue) {
      for (const entry of this.#candidates(each, moment)) {
        const after = this.#after(each, entry);
        if (after === null) continue;
        const settled = this.#settled(after, moment);
        if (!met.isNew(settled)) continue;
        this.#count();
        if ((settled.done & bit) === 0n) queue.push(settled);
        else yield { ...settled, done: settled.done & ~bit };
      }
    }
  }

  /** What can take effect next. */
  *#candidates({ done, spent }: Standing<State>, { open, unanswered }: Moment): Generator<Entry> {
    for (const entry of open) if ((done & entry.bit) === 0n) yield entry;
    for (const entry of unanswered) {
      // Of equal ones the order does not matter: the one called first goes first.
      if ((spent & (entry.bit | entry.twin)) === entry.twin) yield entry;
    }
  }

  #count(): void {
    if (++this.#standings <= this.#maxStandings) return;
    throw new FixtureError(
      'SHARDMUX_FIXTURE_UNDECIDED',
      `whether the history is linearizable was not found out within ${this.#maxStandings} standings: fewer ` +
        'operations at a time, or fewer without an answer, make it easier',
    );
  }

  /** With every read that can take effect: later it could do no more. */
  #settled(from: Configuration<State>, { open }: Moment): Configuration<State> {
    let settled = from;
    for (const entry of open) {
      const { call, answer } = entry.operation;
      if ((settled.done & entry.bit) !== 0n || !this.#model.isRead(call, answer!.reply)) continue;
      settled = this.#after(settled, entry) ?? settled;
    }
    return settled;
  }

  /** Null where the model gives another reply than the one given. */
  #after({ state, done, spent, path }: Configuration<State>, { operation, bit }: Entry) {
    const { call, answer } = operation;
    const step = this.#model.apply(state, call);
    if (answer !== null && answer.reply !== step.reply) return null;
    const after = { state: step.state, path: { operation, before: path } };
    return answer === null ? { ...after, done, spent: spent | bit } : { ...after, done: done | bit, spent };
  }
}

function operationsOf(path: Path | null): Operation[] {
  const operations: Operation[] = [];
  for (let at = path; at !== null; at = at.before) operations.push(at.operation);
  return operations.reverse();
}

function refutationAt({ answered }: Moment, history: readonly Operation[]): Refutation {
  const unexplained = answered.operation;
  const end = unexplained.answer!.at;
  const prefix = history.filter(({ calledAt }) => calledAt <= end);
  return { prefix: prefix.sort((a, b) => a.calledAt - b.calledAt), unexplained };
}
