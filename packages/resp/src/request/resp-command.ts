import type { DecodedCommand } from '@shardmux/plugin-api';
import type { RespCommandSpec } from '../commands/command-spec.js';
import type { Refusal } from '../commands/refusal.js';

/** What the parts of this codec know of a command beyond what the engine needs. */
export interface RespCommand extends DecodedCommand {
  readonly spec: RespCommandSpec;
  /** Why it is to be answered by an error, or `Refusal.none`. */
  readonly refusal: Refusal;
  /** From here on it is a command of this kind, with the keys that this has. */
  readAs(spec: RespCommandSpec): void;
}
