import type { Value } from './operation.js';

/** What a client that is alone would see. Pure: it is asked the same thing many times. */
export interface Model<State extends Value> {
  readonly initial: State;
  apply(state: State, call: readonly string[]): Step<State>;
  /** Whether a call that is given this reply has changed nothing, whatever the state was. */
  isRead(call: readonly string[], reply: Value): boolean;
}

export interface Step<State extends Value> {
  /** After the call. */
  readonly state: State;
  readonly reply: Value;
}
