import type { RawClient, Reply } from '@shardmux/testing';

/** What `COMMAND DOCS` says of one argument. */
interface Argument {
  readonly name: string;
  readonly type: string;
  readonly token: string | null;
  readonly isOptional: boolean;
  readonly parts: readonly Argument[];
}

/** What `COMMAND DOCS` says of one command. */
export interface CommandDocs {
  readonly group: string;
  readonly arguments: readonly Argument[];
}

/** Keys and texts all have one tag, so that whatever is taken for a key lies on one server. */
export const TAG = '{t}';

const WORDS_BY_NAME: Readonly<Record<string, string>> = {
  script: 'return {KEYS[1], ARGV[1]}',
  id: '1-1',
  cursor: '0',
  timeout: '0.01',
};
const WORDS_BY_TYPE: Readonly<Record<string, string>> = {
  integer: '1',
  double: '0.1',
  'unix-time': '4102444800',
  pattern: '*',
};

/** Of each command and subcommand, by its name in COMMAND. @param client with replies of strings, RESP2. */
export async function commandDocs(client: RawClient): Promise<Map<string, CommandDocs>> {
  return new Map(readDocs(await client.command('COMMAND', 'DOCS')));
}

function readDocs(reply: Reply | undefined): [string, CommandDocs][] {
  return [...mapOf(reply)].flatMap(([name, about]) => {
    const fields = mapOf(about);
    const docs = { group: String(fields.get('group')), arguments: readArguments(fields.get('arguments')) };
    return [[name, docs], ...readDocs(fields.get('subcommands'))] as [string, CommandDocs][];
  });
}

function readArguments(reply: Reply | undefined): Argument[] {
  return listOf(reply).map((each) => {
    const fields = mapOf(each);
    return {
      name: String(fields.get('name')),
      type: String(fields.get('type')),
      token: fields.has('token') ? String(fields.get('token')) : null,
      isOptional: listOf(fields.get('flags')).includes('optional'),
      parts: readArguments(fields.get('arguments')),
    };
  });
}

function listOf(reply: Reply | undefined): Reply[] {
  return Array.isArray(reply) ? reply : [];
}

/** RESP2 has maps flat. */
function mapOf(reply: Reply | undefined): Map<string, Reply> {
  const list = listOf(reply);
  return new Map(Array.from({ length: list.length / 2 }, (_, i) => [String(list[2 * i]), list[2 * i + 1]]));
}

/**
 * Arguments that a command takes, as far as its docs tell.
 * @param choice which one of several, where there is a choice; null: of those that may be left out, none.
 */
export function exampleWords(docs: CommandDocs, choice: number | null): string[] {
  let keys = 0;
  const words = ({ name, type, token, isOptional, parts }: Argument): string[] => {
    if (isOptional && choice === null) return [];
    const own = () => {
      if (type === 'pure-token') return [];
      if (type === 'oneof') return words(parts[(choice ?? 0) % parts.length]);
      if (type === 'block') return parts.flatMap(words);
      if (type === 'key') return [`${TAG}${++keys}`];
      return [WORDS_BY_NAME[name] ?? WORDS_BY_TYPE[type] ?? `${TAG}text`];
    };
    return [...(token === null ? [] : [token]), ...own()];
  };
  return docs.arguments.flatMap(words);
}
