import { join } from 'node:path';
import { TemporaryFolder } from '@shardmux/testing';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { resolvePool } from '../../src/assemble/resolve-pool.js';
import { parseConfig } from '../../src/config/load.js';
import type { PoolConfig } from '../../src/config/normalised.js';
import { faults, read } from '../support/read-config.js';

const SECRET = 'hunter2';
let folder: TemporaryFolder;

beforeAll(() => {
  folder = new TemporaryFolder();
  folder.write('secret', `${SECRET}\n`);
  folder.write('users.acl', 'user ada on >one ~a* +@read\n');
});

afterAll(() => folder.remove());
afterEach(() => vi.unstubAllEnvs());

const yamlOf = (...lines: string[]) =>
  ['pools:', '  alpha:', '    listen: 127.0.0.1:1', '    servers: ["127.0.0.1:2:1"]']
    .concat(lines.map((line) => `    ${line}`))
    .join('\n');

const poolOf = (...lines: string[]): PoolConfig =>
  parseConfig(Buffer.from(yamlOf(...lines)), 'test.yml', { folder: folder.path }).pools[0];

describe('users', () => {
  test('have rules in one text, or in a list', () => {
    vi.stubEnv('BOBS', SECRET);
    expect(
      poolOf(
        'users:',
        '  ada: " on  >one ~a* (+get ~b*)"',
        '  bob: ["on", "~*", { env: BOBS }, { file: secret }]',
      ).users,
    ).toEqual({
      ada: ['on', '>one', '~a*', '(+get', '~b*)'],
      bob: ['on', '~*', { env: 'BOBS' }, { file: join(folder.path, 'secret') }],
    });
  });

  test('come from a file, whose path starts from the configuration', () => {
    expect(poolOf('aclFile: users.acl').aclFile).toBe(join(folder.path, 'users.acl'));
  });

  test.each<[line: string, fault: string | RegExp]>([
    ['users: { ada: [on, +nosuch] }', /^5:19 pools.alpha.users.ada: .*: rule 2: Unknown command or category/],
    ['users: { ada: [on, {}] }', /^5:19 pools.alpha.users.ada: found a list: must be rules: a text such as/],
    ['users: { "a b": [] }', '5:12 pools.alpha.users: found a key with blanks: must have names as keys'],
    ['users: [ada]', '5:12 pools.alpha.users: found a list: must be a mapping of users, each with its rules'],
    [
      'users: { ada: [{ env: NONE_OF_THESE }] }',
      /ada.0: found the environment variable NONE_.*: must be set$/,
    ],
    ['aclFile: none', /^5:14 pools.alpha.aclFile: found the file .*none: must be readable: ENOENT$/],
    ['deny: [Get, config|nosuch]', /^5:17 pools.alpha.deny.1: found "config\|nosuch": must be a command, or/],
    ['deny: all', /^5:11 pools.alpha.deny: found "all": must be a list of commands/],
    ['{ users: {}, aclFile: x }', /^2:3 pools.alpha: found both users and aclFile: must have at most one/],
  ])('%s is refused', (line, fault) => {
    const lines = line.startsWith('{') ? ['users: {}', 'aclFile: x'] : [line];
    const told = faults(yamlOf(...lines));
    expect(told).toEqual([typeof fault === 'string' ? fault : expect.stringMatching(fault)]);
  });

  test('of a file that is wrong are told by its line', () => {
    const path = folder.write('broken.acl', `user ada on\nuser bob on > +${SECRET}\n`);
    expect(faults(yamlOf(`aclFile: ${path}`))).toEqual([
      `5:14 pools.alpha.aclFile: found the file ${path}: must be an ACL file: line 2: rule 3: Unknown command or category name in ACL`,
    ]);
  });

  test('are no business of a client, nor is a password of who only asks', () => {
    const yaml = Buffer.from(yamlOf('aclFile: none', 'password: { file: none }'));
    expect(() => parseConfig(yaml, 'test.yml', { purpose: 'client' })).toThrow(/^test.yml:6:\d+: .*password/);
    expect(parseConfig(yaml, 'test.yml', { purpose: 'question' }).pools[0].password).toEqual({
      file: join(process.cwd(), 'none'),
    });
  });
});

describe('a password', () => {
  test('stands in a variable or a file', () => {
    vi.stubEnv('OURS', SECRET);
    expect(poolOf('password: { env: OURS }').password).toEqual({ env: 'OURS' });
    expect(poolOf('password: { file: secret }').password).toEqual({ file: join(folder.path, 'secret') });
  });

  test.each([
    ['{ env: NONE_OF_THESE }', 'found the environment variable NONE_OF_THESE: must be set'],
    ['{ file: none }', /^5:15 pools.alpha.password: found the file .*none: must be readable: ENOENT$/],
    ['{ file: / }', 'found the file /: must be readable: EISDIR'],
    ['{ file: /dev/null }', 'found the file /dev/null: must not be empty'],
    ['{ env: A, file: B }', 'found a mapping: must be a text that is not empty'],
    ['""', 'found a string: must be a text that is not empty'],
  ])('%s is refused', (secret, fault) => {
    expect(faults(yamlOf(`password: ${secret}`))).toEqual([
      typeof fault === 'string' ? expect.stringContaining(fault) : expect.stringMatching(fault),
    ]);
  });

  const mishaps = [
    '*?',
    '&?',
    '!?',
    '!!?',
    '{?}',
    '{ ?: 1 }',
    '[?]',
    '@?',
    '`?',
    "'?",
    '"?',
    '"\\q?"',
    '"\\u?"',
  ];

  test.each([...mishaps, '|?', '>?', '? ?', '- ?', 'a: ?', '"?" x', '{ env: ?- }', '{ file: 5, ?: 1 }'])(
    'that is written as %s is in no message, of either dialect',
    (form) => {
      const written = form.replace(/\?(?!.*\?)/, SECRET);
      for (const yaml of [
        yamlOf(`password: ${written}`),
        yamlOf(`users: { ada: ${written} }`),
        yamlOf('users:', `  ada: ${written}`),
        yamlOf('users:', '  ada:', `    - ${written}`),
        `alpha:\n  listen: 127.0.0.1:1\n  redis_auth: ${written}\n`,
      ]) {
        expect(faults(yaml).join('\n')).not.toMatch(/hunt/);
      }
    },
  );
});

describe('an option of a plugin that is a password', () => {
  const transport = (secret: string) =>
    `transport: { use: ioredis, password: ${secret}, sentinelPassword: x, sentinels: [{ host: h }] }`;

  test('may stand elsewhere', () => {
    vi.stubEnv('OURS', SECRET);
    const pool = poolOf(transport('{ env: OURS }'));
    expect(pool.transport.options).toMatchObject({ password: { env: 'OURS' }, sentinelPassword: 'x' });
    expect(resolvePool(pool).transport.preferences?.credentials?.password).toBe(SECRET);
    vi.unstubAllEnvs();
    expect(() => resolvePool(pool)).toThrow(
      /^pool "alpha": transport plugin "ioredis".*: found the environment variable OURS: must be set$/,
    );
  });

  test.each([
    ['{ file: none }', /^5:\d+ pools.alpha.transport.password: found the file .*: must be readable: ENOENT$/],
    ['4711', /^5:\d+ pools.alpha.transport.password: found a number: must be text$/],
  ])('is refused as %s, and not repeated', (secret, fault) => {
    expect(faults(yamlOf(transport(secret)))).toEqual([expect.stringMatching(fault)]);
  });
});

test('commands are denied by name', () => {
  expect(read(yamlOf('deny: [FlushAll, config|get]')).pools[0].deny).toEqual(['FlushAll', 'config|get']);
  expect(read(yamlOf('deny: []')).pools[0].deny).toEqual([]);
});
