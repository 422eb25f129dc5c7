import type { Model } from '../../src/linearizability/model.js';
import type { Operation, Value } from '../../src/linearizability/operation.js';

/** The answer at which the smallest prefix without an order ends; null: the whole history has one. Tries every order. */
export function firstUnexplained<State extends Value>(
  history: readonly Operation[],
  model: Model<State>,
): Operation | null {
  const answered = history.filter(({ answer }) => answer !== null);
  answered.sort((a, b) => a.answer!.at - b.answer!.at);
  const last = answered.find(({ answer }) => {
    const prefix = history.filter(({ calledAt }) => calledAt <= answer!.at);
    return !hasOrder(prefix, answer!.at, model.initial, model);
  });
  return last ?? null;
}

/** Whether what was answered by `end` can all take effect, one after the other, with any of the others. */
function hasOrder<State extends Value>(
  rest: readonly Operation[],
  end: number,
  state: State,
  model: Model<State>,
): boolean {
  const isOwed = ({ answer }: Operation) => answer !== null && answer.at <= end;
  if (!rest.some(isOwed)) return true;
  return rest.some((operation) => {
    const isTooEarly = rest.some(({ answer }) => answer !== null && answer.at < operation.calledAt);
    const step = model.apply(state, operation.call);
    if (isTooEarly || (operation.answer !== null && operation.answer.reply !== step.reply)) return false;
    const others = rest.filter((other) => other !== operation);
    return hasOrder(others, end, step.state, model);
  });
}
