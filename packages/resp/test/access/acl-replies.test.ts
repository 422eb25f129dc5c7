import { connectRaw, type RawClient, type RedisServer, startRedis } from '@shardmux/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileUser } from '../../src/access/user-rules.js';
import { Users } from '../../src/access/users.js';
import { aclCategories } from '../../src/commands/generated/table.js';
import { text } from '../support.js';
import { answer } from './answer.js';

/** With rules of which redis-server's description has one order alone. */
const definitions: Readonly<Record<string, readonly string[]>> = {
  ada: [
    'on',
    '>one',
    '>two',
    '~a*',
    '%R~b',
    '&c',
    '&d*',
    '+@read',
    '(+set ~x)',
    '(allkeys allchannels +@all)',
  ],
  Zoe: ['reset', 'nopass', 'skip-sanitize-payload', 'allcommands'],
  empty: [],
};

const users = new Users(Object.entries(definitions).map(([name, rules]) => compileUser(name, rules)));

let server: RedisServer;
let client: RawClient;

beforeAll(async () => {
  server = await startRedis();
  client = await connectRaw(server.endpoint);
  for (const [name, rules] of Object.entries(definitions))
    await client.command('ACL', 'SETUSER', name, ...rules);
});

afterAll(async () => {
  await client?.close();
  await server?.stop();
});

async function answerByServer(words: readonly string[]): Promise<string> {
  return text(await client.commandRaw(...words));
}

const same: readonly string[] = [
  'ACL WHOAMI',
  'acl users',
  'ACL LIST',
  'ACL GETUSER ada',
  'ACL GETUSER Zoe',
  'ACL GETUSER empty',
  'ACL GETUSER default',
  'ACL GETUSER nobody',
  'ACL CAT',
  'ACL CAT nosuch',
  'ACL Cat read write',
  'ACL GENPASS 0',
  'ACL GENPASS 4097',
  'ACL GENPASS x',
  'ACL GENPASS 1 2',
  'ACL DRYRUN nobody GET a',
  'ACL DRYRUN ada nosuch',
  'ACL DRYRUN ada get',
  'ACL DRYRUN ada config nosuch',
  'ACL DRYRUN ada config|get x',
  'ACL DRYRUN ada config',
  'ACL DRYRUN ada CONFIG GET',
  'ACL DRYRUN ada GET a',
  'ACL DRYRUN ada GET c',
  'ACL DRYRUN Zoe GET c',
  'ACL DRYRUN Zoe PUBLISH c x',
  'ACL DRYRUN empty GET c',
  'ACL DRYRUN empty AUTH c',
];

describe.each([2, 3] as const)('in RESP%i', (protocol) => {
  beforeAll(async () => {
    await client.commandRaw('HELLO', String(protocol));
  });

  it.each(same)('%s is answered as redis-server answers it', async (line) => {
    const words = line.split(' ');
    expect(answer(users, words, protocol)).toBe(await answerByServer(words));
  });

  it.each([...aclCategories, 'READ'])(
    'ACL CAT %s has the commands that redis-server has in it',
    async (category) => {
      const words = ['ACL', 'CAT', category];
      const inOrder = (reply: string) => reply.split('\r\n').sort();
      expect(inOrder(answer(users, words, protocol))).toEqual(inOrder(await answerByServer(words)));
    },
  );
});

describe('ACL GENPASS', () => {
  it.each([
    [[], 64],
    [['1'], 1],
    [['5'], 2],
    [['12'], 3],
    [['4096'], 1_024],
  ])('%j gives that many digits, others each time', (args, digits) => {
    const [first, second] = [1, 2].map(() => answer(users, ['ACL', 'GENPASS', ...args]));
    expect(first).toMatch(new RegExp(`^\\$${digits}\r\n[0-9a-f]{${digits}}\r\n$`));
    if (digits > 8) expect(first).not.toBe(second);
  });
});
