/** What the subcommands of ACL that only look answer. */
import { randomBytes } from 'node:crypto';
import { ascii } from '../ascii.js';
import { commands } from '../commands/commands.js';
import { aclCategories } from '../commands/generated/table.js';
import type { Arguments } from '../commands/refusal.js';
import { integerAt, textAt } from '../commands/words.js';
import { errorReply } from '../error-reply.js';
import { aclCommandOf, aclCommands } from './acl-commands.js';
import type { Denial } from './denial.js';
import { LaterArguments } from './later-arguments.js';
import { array, bulk, map, nil, type Protocol, set } from './reply-text.js';
import type { Selector } from './selector.js';
import type { User } from './user.js';
import type { Users } from './users.js';

/** Longer than any name or key that is worth to be told. */
const MAX_TEXT = 0x7fffffff;
/** How much of a wrong word redis-server repeats. */
const MAX_QUOTED = 128;
const PASSWORD_BITS = 256;
const MAX_PASSWORD_BITS = 4_096;

const badBits = errorReply(
  'ERR ACL GENPASS argument must be the number of bits for the output password, a positive number up to ' +
    MAX_PASSWORD_BITS,
);
const notAnInteger = errorReply('ERR value is not an integer or out of range');

/**
 * The reply to `ACL subcommand …`: WHOAMI, USERS, LIST, GETUSER, CAT, GENPASS, and DRYRUN for every other.
 * @param user who asks.
 */
export function aclReply(command: AclRequest, user: User, users: Users, protocol: Protocol): Uint8Array {
  const { argCount } = command;
  switch (command.spec.name) {
    case 'acl|whoami':
      return ascii(bulk(user.name));
    case 'acl|users':
      return ascii(array(users.inOrder().map(({ name }) => bulk(name))));
    case 'acl|list':
      return ascii(array(users.inOrder().map((each) => bulk(each.describe()))));
    case 'acl|getuser':
      return getUser(users.get(textAt(command, 2, MAX_TEXT)), protocol);
    case 'acl|cat':
      return argCount > 3 ? wrongForm(command) : cat(command);
    case 'acl|genpass':
      return argCount > 3 ? wrongForm(command) : generatePassword(command);
    default:
      return dryRun(command, users);
  }
}

/** What is looked at of the command. */
export type AclRequest = Arguments & { readonly spec: { readonly name: string } };

function wrongForm(command: Arguments): Uint8Array {
  const subcommand = textAt(command, 1, MAX_QUOTED);
  return errorReply(`ERR unknown subcommand or wrong number of arguments for '${subcommand}'. Try ACL HELP.`);
}

function getUser(user: User | null, protocol: Protocol): Uint8Array {
  if (user === null) return ascii(nil(protocol));
  const [own, ...others] = user.selectors;
  const fields = {
    flags: set(user.flags.map(bulk), protocol),
    passwords: array(user.passwords.map(({ hex }) => bulk(hex))),
    ...rulesOf(own),
    selectors: array(others.map((selector) => map(rulesOf(selector), protocol))),
  };
  return ascii(map(fields, protocol));
}

function rulesOf(selector: Selector): Record<string, string> {
  const { commands: rules, keys, channels } = selector.describe();
  return { commands: bulk(rules), keys: bulk(keys), channels: bulk(channels) };
}

function cat(command: Arguments): Uint8Array {
  if (command.argCount === 2) return ascii(array(aclCategories.map(bulk)));
  const category = textAt(command, 2, MAX_QUOTED);
  const members = aclCommands.filter(({ categories }) => categories.includes(category.toLowerCase()));
  if (members.length === 0) return errorReply(`ERR Unknown category '${category}'`);
  return ascii(array(members.map(({ name }) => bulk(name))));
}

function generatePassword(command: Arguments): Uint8Array {
  const bits = command.argCount === 2 ? PASSWORD_BITS : integerAt(command, 2);
  if (Number.isNaN(bits)) return notAnInteger;
  if (bits <= 0 || bits > MAX_PASSWORD_BITS) return badBits;
  const digits = Math.ceil(bits / 4);
  return ascii(
    bulk(
      randomBytes(Math.ceil(digits / 2))
        .toString('hex')
        .slice(0, digits),
    ),
  );
}

/** `ACL DRYRUN user command …` */
function dryRun(request: Arguments, users: Users): Uint8Array {
  const name = textAt(request, 2, MAX_TEXT);
  const user = users.get(name);
  if (user === null) return errorReply(`ERR User '${name}' not found`);
  const command = new LaterArguments(request, 3);
  const container = commands.lookup(command.bytes, command.argStart(0), command.argEnd(0));
  const spec =
    container === null || container.subcommands === null || command.argCount === 1
      ? container
      : container.subcommands.lookup(command.bytes, command.argStart(1), command.argEnd(1));
  if (spec === null) return errorReply(`ERR Command '${textAt(command, 0, MAX_TEXT)}' not found`);
  if (command.argCount < spec.minArguments || command.argCount > spec.maxArguments) {
    return errorReply(`ERR wrong number of arguments for '${spec.name}' command`);
  }
  const denial = user.denialOf(aclCommandOf(spec.name)!, command);
  return ascii(denial === null ? '+OK\r\n' : bulk(dryRunText(denial, command, spec.name)));
}

function dryRunText({ kind, position }: Denial, command: Arguments, name: string): string {
  if (kind === 'command') return `This user has no permissions to run the '${name}' command`;
  return `This user has no permissions to access the '${textAt(command, position, MAX_TEXT)}' ${kind}`;
}
