import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectRaw, type RawClient, type RedisServer, startRedis, TemporaryFolder } from '@shardmux/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAclFile, Users } from '../../src/access/users.js';

const folder = new TemporaryFolder();
const path = join(folder.path, 'users.acl');

let server: RedisServer;
let client: RawClient;

beforeAll(async () => {
  writeFileSync(path, '');
  server = await startRedis({ args: ['--aclfile', path] });
  client = await connectRaw(server.endpoint, { strings: true });
});

afterAll(async () => {
  await client?.close();
  await server?.stop();
  folder.remove();
});

/** What redis-server makes of the file: its users, or the first line that is wrong. */
async function loadedByServer(text: string): Promise<string[] | string> {
  writeFileSync(path, text, 'latin1');
  const reply = await client.command('ACL', 'LOAD');
  if (reply instanceof Error) return /(?::|line )(\d+)/.exec(reply.message)![1]!;
  return (await client.command('ACL', 'LIST')) as string[];
}

const good: readonly string[] = [
  '',
  '\n\n  \n\t\n',
  'user ada on >one ~a* +@read',
  'user ada on >one ~a* +@read\r\nuser bob off nopass\r\n',
  '  user ada on\t\n',
  'user ada  on   +@all',
  'user ada on (+@read ~a*) ( +@write ~b )',
  'user default on nopass ~a* &* +@all',
  'user \xe4da on ~\xff* +@read',
  'user ada',
  'user ada on >pass\xff >#x',
];

const bad: readonly (readonly [text: string, message: string])[] = [
  ['\n# comment\n', "line 2: The line should start with the 'user' keyword followed by the username"],
  ['USER ada on', "line 1: The line should start with the 'user' keyword followed by the username"],
  ['user', "line 1: The line should start with the 'user' keyword followed by the username"],
  ['user a\tb on', 'line 1: Usernames must not be empty or contain spaces or null characters'],
  ['user ada on\nuser bob\n\nuser ada off', "line 4: 'ada': Duplicate user"],
  ['user ada\nuser bob on +nosuch', 'line 2: rule 2: Unknown command or category name in ACL'],
  ['user ada -@nosuch', 'line 1: rule 1: Unknown command or category name in ACL'],
  ['user ada on > +hunter2', 'line 1: rule 3: Unknown command or category name in ACL'],
  ['user ada hunter2', 'line 1: rule 1: Syntax error'],
  ['user ada <hunter2', 'line 1: rule 1: The password you are trying to remove from the user does not exist'],
  ['user ada (+get >hunter2)', 'line 1: rule 1: Syntax error'],
  [
    'user ada #hunter2',
    'line 1: rule 1: The password hash must be exactly 64 characters and contain only lowercase hexadecimal characters',
  ],
];

describe('an ACL file', () => {
  it.each(good)('%j has the users that redis-server sees in it', async (text) => {
    const users = new Users(parseAclFile(text))
      .inOrder()
      .map((user) => Buffer.from(user.describe(), 'latin1').toString());
    expect(users).toEqual(await loadedByServer(text));
  });

  it.each(bad)('%j is wrong in that line, and no password is told', async (text, message) => {
    expect(() => parseAclFile(text)).toThrow(message);
    expect(message).toMatch(new RegExp(`^line ${await loadedByServer(text)}:`));
  });

  it('wants a parenthesis closed', () => {
    expect(() => parseAclFile('user ada\nuser bob (+get ~a')).toThrow(
      'line 2: Unmatched parenthesis in selector definition',
    );
  });
});
