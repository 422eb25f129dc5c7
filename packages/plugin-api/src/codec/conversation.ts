import type { DecodedCommand } from './request-decoder.js';

export interface ConversationOptions {
  /** What clients must authenticate with; `null` where anyone may enter. */
  readonly password: string | null;
}

/** The state that one client's connection has in the protocol: is it authenticated, does it want to leave? */
export interface Conversation<Command extends DecodedCommand = DecodedCommand> {
  /** False: every command is to be passed to `answer`, whatever its handling. */
  readonly open: boolean;
  /** True once the client asked to leave: close when all before it is answered. */
  readonly closing: boolean;
  /** The whole reply to a command that is `local`, `reject`, or came while not open. May change the state. */
  answer(command: Command): Uint8Array;
}
