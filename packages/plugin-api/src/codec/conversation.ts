import type { CommandSpec } from './command-spec.js';
import type { DecodedCommand, KeyRanges } from './request-decoder.js';

export interface ConversationOptions {
  /** What clients must authenticate with; `null` where anyone may enter. */
  readonly password: string | null;
  /** How many bytes of commands a client may gather, to have them run as one. Left out: it may gather none. */
  readonly maxRunBytes?: number;
}

/** Commands that hold together: they go to the one server of all their keys, in one piece. */
export interface Run extends KeyRanges {
  /** What the whole is called. */
  readonly spec: CommandSpec;
  /** It is `bytes[start, end)`. */
  readonly start: number;
  readonly end: number;
  /** How many replies it has; the last one is the client's. */
  readonly replies: number;
}

/** The state that one client's connection has in the protocol: is it authenticated, does it want to leave? */
export interface Conversation<Command extends DecodedCommand = DecodedCommand> {
  /** False: every command is to be passed to `answer`, whatever its handling. */
  readonly open: boolean;
  /** True while the client gathers commands: every one is to be passed to `answer`, as while not open. */
  readonly gathering: boolean;
  /** True once the client asked to leave: close when all before it is answered. */
  readonly closing: boolean;
  /**
   * The whole reply to a command that is `local`, `reject`, or came while not open or gathering. May change the state.
   * `null`: the reply is that to what was gathered, to be had by `takeRun`.
   */
  answer(command: Command): Uint8Array | null;
  /** What is to be sent now: called once for each `null`, before the next command. */
  takeRun(): Run;
}
