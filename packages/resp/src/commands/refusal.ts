import type { DecodedCommand } from '@shardmux/plugin-api';

/** Why a command is not served. Negative, so that a refusal can stand where a count of keys would. */
export const Refusal = {
  none: 0,
  unknownCommand: -1,
  unknownSubcommand: -2,
  /** The command's own policy. */
  unsupported: -3,
  wrongArity: -4,
  keyTooLong: -5,
  syntax: -9,
  unbalancedStreams: -10,
  notAnInteger: -11,
  /** It says how many keys it has, and has not as many, or none: a server knows what to say to that. */
  keyless: -12,
  /** What a pattern will name may lie on any server. */
  untaggedPattern: -17,
} as const;

export type Refusal = (typeof Refusal)[keyof typeof Refusal];

/** How a key finder sees a command: its arguments and nothing else. */
export type Arguments = Pick<DecodedCommand, 'bytes' | 'argCount' | 'argStart' | 'argEnd'>;

/**
 * Writes the indices of the arguments that are keys, each once, to `keys`, which has room for all arguments.
 * Returns how many they are, or a `Refusal`. Total: there is no command that it fails on.
 */
export type KeyFinder = (command: Arguments, keys: Int32Array) => number;
