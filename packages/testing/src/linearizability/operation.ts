/** States and replies: strings, integers, nil. They are equal where `===` says so. */
export type Value = string | number | null;

/** One operation of a client, as the client saw it. */
export interface Operation {
  /** Who called it: for those who read the history. */
  readonly client: number;
  /** The command: `['SET', 'key', 'value', 'NX']`. */
  readonly call: readonly string[];
  /** When it was called, not later than it left the client: in ms, by one clock for the whole history. */
  readonly calledAt: number;
  /** Null where nobody knows what came of it: it takes effect at any time after its call, or never. */
  readonly answer: Answer | null;
}

export interface Answer {
  readonly reply: Value;
  /** When it was known, not earlier than it reached the client: in ms, by the clock of `calledAt`. */
  readonly at: number;
}

/**
 * The history of each key. What holds of every key alone holds of all together: linearizability is local (M. Herlihy,
 * J. Wing: Linearizability: a correctness condition for concurrent objects. TOPLAS 12, 1990).
 *
 * @param history of commands whose one key is their first argument.
 */
export function historiesByKey(history: readonly Operation[]): Map<string, Operation[]> {
  const histories = new Map<string, Operation[]>();
  for (const operation of history) {
    const key = operation.call[1]!;
    const known = histories.get(key);
    if (known === undefined) histories.set(key, [operation]);
    else known.push(operation);
  }
  return histories;
}
