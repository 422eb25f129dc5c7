import type { Answer } from '@shardmux/plugin-api';
import type { RespCommand } from '../request/resp-command.js';
import type { ClientState } from './client-state.js';

/** How the conversation serves a command whose arguments have the right count. */
export type LocalCommand = (conversation: ClientState, command: RespCommand) => Answer;

/** By the command's name; of a subcommand with its container's: `client|id`. */
export type LocalCommands = Readonly<Record<string, LocalCommand>>;
