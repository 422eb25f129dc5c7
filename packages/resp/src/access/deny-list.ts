import { errorReply } from '../error-reply.js';
import { type AclCommand, aclCommandOf, aclCommands } from './acl-commands.js';
import { AclError, AclFault } from './acl-error.js';
import { CommandSet } from './command-set.js';

/** What is denied unless the configuration says otherwise: it would stop a server, or change what servers are. */
export const deniedByDefault: readonly string[] = [
  'acl|deluser',
  'acl|save',
  'acl|setuser',
  'bgrewriteaof',
  'bgsave',
  'config|rewrite',
  'config|set',
  'debug',
  'failover',
  'migrate',
  'module|load',
  'module|loadex',
  'module|unload',
  'psync',
  'replconf',
  'replicaof',
  'save',
  'shutdown',
  'slaveof',
  'sync',
];

/** Commands that no user may run, whatever its rules say. */
export class DenyList {
  readonly #commands = new CommandSet();

  /**
   * @param names of commands, or of subcommands as `config|set`, in any letter case; a container stands for all of its
   *   subcommands.
   * @throws {AclError} for one that does not exist.
   */
  constructor(names: readonly string[]) {
    for (const name of names) {
      const command = aclCommandOf(name.toLowerCase());
      if (command === null) throw new AclError(AclFault.unknown, `'${name}'`);
      this.#commands.set(command, true);
    }
  }

  /** Something in it would be sent to servers. */
  get concernsSent(): boolean {
    return aclCommands.some((command) => command.isSent && this.denies(command));
  }

  denies(command: AclCommand): boolean {
    return this.#commands.has(command);
  }
}

/** @param name of the command. */
export function deniedReply(name: string): Uint8Array {
  return errorReply(`NOPERM '${name}' is denied by the configuration of shardmux`);
}
