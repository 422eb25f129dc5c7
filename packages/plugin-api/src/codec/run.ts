import type { CommandSpec } from './command-spec.js';
import type { KeyRanges } from './request-decoder.js';

/** Commands that hold together: they go to the one server of all their keys, in one piece. */
export interface Run extends KeyRanges {
  readonly kind: 'run';
  /** What the whole is called. */
  readonly spec: CommandSpec;
  /** It is `bytes[start, end)`. */
  readonly start: number;
  readonly end: number;
  /** How many replies it has; the last one is the client's. */
  readonly replies: number;
}
