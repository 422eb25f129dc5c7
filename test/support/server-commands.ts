import type { RawClient } from '@shardmux/testing';

/** What a server's `COMMAND` says of a command or subcommand. */
export interface ServerCommand {
  /** Lower case; of a subcommand `xgroup|create`. */
  readonly name: string;
  /** The count of words, the name's included; negative: at least so many. */
  readonly arity: number;
  readonly flags: readonly string[];
  readonly tips: readonly string[];
  readonly hasSubcommands: boolean;
}

type Row = [string, number, string[], number, number, number, string[], string[], unknown[], Row[]];

/** All commands, then each one's subcommands. @param client with replies of strings, RESP2. */
export async function serverCommands(client: RawClient): Promise<ServerCommand[]> {
  const rows = (await client.command('COMMAND')) as Row[];
  return rows
    .flatMap((row) => [row, ...row[9]])
    .map(([name, arity, flags, , , , , tips, , subcommands]) => ({
      name,
      arity,
      flags: flags.map(String),
      tips,
      hasSubcommands: subcommands.length > 0,
    }));
}
