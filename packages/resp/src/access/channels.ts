/** Which arguments are channels that a user must be allowed to use. To leave one is always allowed. */
export interface ChannelArguments {
  /** All arguments, or the first alone. */
  readonly all: boolean;
  /** They are patterns: each must be among the user's, letter by letter. */
  readonly patterns: boolean;
}

const byCommand: Readonly<Record<string, ChannelArguments>> = {
  publish: { all: false, patterns: false },
  spublish: { all: false, patterns: false },
  subscribe: { all: true, patterns: false },
  ssubscribe: { all: true, patterns: false },
  psubscribe: { all: true, patterns: true },
};

export function channelArgumentsOf(name: string): ChannelArguments | null {
  return byCommand[name] ?? null;
}
