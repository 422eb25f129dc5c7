import { ShardmuxError } from '@shardmux/plugin-api';

/** What can be wrong with a rule, in redis-server's words. */
export const AclFault = {
  unknown: 'Unknown command or category name in ACL',
  syntax: 'Syntax error',
  afterAllKeys:
    "Adding a pattern after the * pattern (or the 'allkeys' flag) is not valid and does not have any effect. " +
    "Try 'resetkeys' to start with an empty list of patterns",
  afterAllChannels:
    "Adding a pattern after the * pattern (or the 'allchannels' flag) is not valid and does not have any effect. " +
    "Try 'resetchannels' to start with an empty list of channels",
  noSuchPassword: 'The password you are trying to remove from the user does not exist',
  badHash:
    'The password hash must be exactly 64 characters and contain only lowercase hexadecimal characters',
  subcommandArgument: 'Allowing first-arg of a subcommand is not supported',
  unmatchedParenthesis: 'Unmatched parenthesis in selector definition',
  badName: 'Usernames must not be empty or contain spaces or null characters',
  patternTooLong: 'The pattern is longer than shardmux allows',
  duplicate: 'Duplicate user',
  notAUser: "The line should start with the 'user' keyword followed by the username",
} as const;

export type AclFault = (typeof AclFault)[keyof typeof AclFault];

/**
 * Rules of users that cannot be used: code `SHARDMUX_ACL_RULE`. The message repeats no rule, which may be a part of a
 * password with a blank in it: it says which one it is.
 */
export class AclError extends ShardmuxError {
  readonly fault: AclFault;
  readonly #about: readonly string[];

  /** @param about where it is, then what it is about. */
  constructor(fault: AclFault, ...about: readonly string[]) {
    super('SHARDMUX_ACL_RULE', [...about, fault].join(': '));
    this.fault = fault;
    this.#about = about;
  }

  /** The same, said to be in this place. */
  in(place: string): AclError {
    return new AclError(this.fault, place, ...this.#about);
  }
}
