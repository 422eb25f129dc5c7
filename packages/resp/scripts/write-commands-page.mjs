/**
 * Writes docs/commands.md: how each command of the table is handled. It reads what the compiler made, so build first.
 *
 *   node packages/resp/scripts/write-commands-page.mjs [--check]
 *
 * With --check it writes nothing, and fails where the page is not what it would write.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Handling } from '@shardmux/plugin-api';
import { deniedByDefault } from '../dist/access/deny-list.js';
import { commandRows } from '../dist/commands/command-rows.js';
import { MergeKind } from '../dist/commands/command-spec.js';
import { redisVersion } from '../dist/commands/generated/table.js';
import { mergeOf, policyOf } from '../dist/commands/policy.js';
import { notGathered, reasonWithin } from '../dist/conversation/transactions/gathering.js';
import { gathered } from '../dist/gather/gather.js';

const target = fileURLToPath(new URL('../../../docs/commands.md', import.meta.url));

const MERGED = new Map([
  [MergeKind.array, 'the elements in the order of the keys'],
  [MergeKind.sum, 'the sum'],
  [MergeKind.first, 'what all of them say'],
  [MergeKind.concatenation, 'all elements'],
  [MergeKind.any, 'that of one of them, by chance'],
]);

const HANDLED = new Map([
  [Handling.reject, ({ reason }) => `refused: ${reason}`],
  [
    Handling.forward,
    ({ isGathered }) =>
      `to the server of its keys; keys on several are refused with \`CROSSSLOT\`${isGathered ? ', or gathered where `crossShard` says so' : ''}`,
  ],
  [Handling.split, ({ merged }) => `split over the servers of its keys; the reply is ${merged}`],
  [Handling.anyNode, () => 'to any server'],
  [Handling.channel, () => 'to the server of its channel: that of a key of its name, or as `channels` says'],
  [Handling.local, ({ how }) => how],
  [Handling.allNodes, ({ merged }) => `to every server in service; the reply is ${merged}`],
]);

const groups = new Map();
const refusedWithin = new Map();
for (const row of commandRows.flatMap((each) => (each.subcommands.length > 0 ? each.subcommands : [each]))) {
  const { handling, ...policy } = policyOf(row);
  const allowed = HANDLED.get(handling)({
    ...policy,
    merged: MERGED.get(mergeOf(row)),
    isGathered: gathered.has(row.name),
  });
  const how = deniedByDefault.includes(row.name)
    ? `denied unless the configuration allows it (\`deny\`), and then ${allowed}`
    : allowed;
  add(groups, how, row);
  const why =
    row.keys.some((key) => key?.access !== 'channel') || notGathered.has(row.name)
      ? null
      : reasonWithin(row.name, handling);
  if (why !== null) add(refusedWithin, why, row);
}

const page = `# Commands

How the proxy and the client handle each command of Redis ${redisVersion}. Made from the command table by \`node packages/resp/scripts/write-commands-page.mjs\`.

In the proxy, what stands between \`MULTI\` and \`EXEC\` is gathered and goes to the server of all its keys in one piece; the client has \`multi()\` for that. What clients are told there of themselves and of users is answered at \`EXEC\`, in its place. What a command of another version or of a module is, a server is asked once, and it is handled by the same rules: its keys, flags and tips say where it goes, its categories who may use it, or its flags where it has none ([ADR 22](adr/0022-commands-are-learnt-when-they-come.md)). A subcommand is asked about in the same way, but for those of \`CLIENT\`, \`CONFIG\` and all else that is answered here at least in part: there what the table does not have is refused. Some forms of a command are refused though the command is not: \`CLIENT TRACKING … REDIRECT\` to a client that another worker serves, \`SORT\` and \`SORT_RO\` with a pattern without a hash tag.

| commands | handled |
|---|---|
${linesOf(groups)}

Between \`MULTI\` and \`EXEC\` these are refused as well, and the transaction with them:

| commands | because |
|---|---|
${linesOf(refusedWithin)}
`;

function add(map, text, { name }) {
  map.set(text, [...(map.get(text) ?? []), name.replace('|', ' ').toUpperCase()]);
}

function linesOf(map) {
  return [...map]
    .map(([text, names]) => `| ${names.map((name) => `\`${name}\``).join(' ')} | ${text} |`)
    .sort((a, b) => handledIn(a).localeCompare(handledIn(b)))
    .join('\n');
}

function handledIn(line) {
  return line.slice(line.lastIndexOf('| ', line.length - 3));
}

if (!process.argv.includes('--check')) {
  writeFileSync(target, page);
} else if (readFileSync(target, 'utf8') !== page) {
  console.error(
    'docs/commands.md is not what the table says: node packages/resp/scripts/write-commands-page.mjs',
  );
  process.exitCode = 1;
}
