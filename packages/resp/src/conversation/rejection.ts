import { type Arguments, Refusal } from '../commands/refusal.js';
import { textAt } from '../commands/words.js';
import { errorReply } from '../error-reply.js';
import type { RespCommand } from '../request/resp-command.js';

/** How much of an unknown command redis-server repeats. */
const MAX_QUOTED = 128;

/** Redis-server's own texts, but for what only a proxy refuses. `%s` is the command's name. */
const texts = new Map<Refusal, string>([
  [Refusal.keyTooLong, "a key of '%s' is longer than shardmux allows"],
  [
    Refusal.untaggedPattern,
    "'%s' is not supported by shardmux: a pattern without a hash tag in braces may name keys on other servers",
  ],
  [Refusal.syntax, 'syntax error'],
  [
    Refusal.unbalancedStreams,
    "Unbalanced XREAD list of streams: for each stream key an ID or '$' must be specified.",
  ],
  [Refusal.notAnInteger, 'value is not an integer or out of range'],
]);

/** The reply to a command that is not served. */
export function rejection(command: RespCommand): Uint8Array {
  const { name, reason } = command.spec;
  switch (command.refusal) {
    case Refusal.unknownCommand:
      return unknownCommand(command);
    case Refusal.unknownSubcommand:
      return errorReply(
        `ERR unknown subcommand '${quoted(command, 1, MAX_QUOTED)}'. Try ${name.toUpperCase()} HELP.`,
      );
    case Refusal.wrongArity:
      return wrongArity(name);
    default: {
      const text = texts.get(command.refusal) ?? `'%s' is not supported by shardmux: ${reason}`;
      return errorReply(`ERR ${text.replace('%s', name)}`);
    }
  }
}

export function wrongArity(name: string): Uint8Array {
  return errorReply(`ERR wrong number of arguments for '${name}' command`);
}

/** As redis-server answers what a subcommand finds wrong with its arguments by itself. */
export function wrongSubcommand(command: Arguments): Uint8Array {
  const container = textAt(command, 0, MAX_QUOTED).toUpperCase();
  return errorReply(
    `ERR unknown subcommand or wrong number of arguments for '${quoted(command, 1, MAX_QUOTED)}'. Try ${container} HELP.`,
  );
}

/** As C repeats it: up to a NUL. */
function quoted(command: Arguments, index: number, maxLength: number): string {
  return textAt(command, index, maxLength).split('\0', 1)[0];
}

function unknownCommand(command: Arguments): Uint8Array {
  let beginning = '';
  for (let i = 1; i < command.argCount && beginning.length < MAX_QUOTED; i++) {
    beginning += `'${quoted(command, i, MAX_QUOTED - beginning.length)}' `;
  }
  const name = quoted(command, 0, MAX_QUOTED);
  return errorReply(`ERR unknown command '${name}', with args beginning with: ${beginning}`);
}
