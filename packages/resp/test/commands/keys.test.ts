import { Handling } from '@shardmux/plugin-api';
import { encodeCommand } from '@shardmux/testing';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { commandRows } from '../../src/commands/command-rows.js';
import { commands } from '../../src/commands/commands.js';
import { Refusal } from '../../src/commands/refusal.js';
import { OneRedis } from '../one-redis.js';
import { decodeOne, keysOf } from '../support.js';

const redis = new OneRedis();

/** The keys as redis-server tells them; null where there are none or the command is an error. */
async function keysByServer(list: readonly (readonly string[])[]): Promise<(string[] | null)[]> {
  const replies = await redis.client.pipeline(list.map((words) => ['COMMAND', 'GETKEYS', ...words]));
  return replies.map((reply) => (Array.isArray(reply) && reply.length > 0 ? reply.map(String) : null));
}

/** The keys as this package tells them; null where there are none or the command is refused. */
function keysByTable(words: readonly string[]): string[] | null {
  const command = decodeOne(encodeCommand(words));
  return command.keyCount === 0 ? null : keysOf(command);
}

/** All commands that are routed by their keys, as the words of their name. */
const routed = commandRows
  .flatMap((row) => [row, ...row.subcommands])
  .map((row) => row.name.split('|'))
  .filter(([name, subcommand]) => {
    const spec = commands.lookup(Buffer.from(name), 0, name.length);
    const own = subcommand ? spec?.subcommands?.lookup(Buffer.from(subcommand), 0, subcommand.length) : spec;
    return own?.handling === Handling.forward || own?.handling === Handling.split;
  });

/** Read by their options, which words chosen at random do not make up: they have tests of their own. */
const readByOptions = new Set([
  'copy',
  'georadius',
  'georadiusbymember',
  'sort',
  'sort_ro',
  // To redis-server a channel is no key outside a cluster.
  'spublish',
  'xread',
  'xreadgroup',
]);

describe('keys that stand in fixed places', () => {
  const names = routed.filter(([name]) => !readByOptions.has(name));

  it('belong to most commands', () => {
    expect(names.length).toBeGreaterThan(140);
  });

  it.each(names.map((words) => [words.join(' '), words] as const))('of %s', async (_, words) => {
    const argument = fc.constantFrom('a', 'b', 'c', '', '0', '1', '2', '3', '4', '-1', 'x y');
    const lists = fc.sample(fc.array(argument, { maxLength: 9 }), 60).map((args) => [...words, ...args]);
    const told = await keysByServer(lists);
    lists.forEach((list, i) => {
      // COMMAND GETKEYS finds keys in `MSET a`, which the command itself does not take.
      const odd = list[0].startsWith('mset') && list.length % 2 === 0;
      // It takes `PFMERGE a`, in which COMMAND GETKEYS finds none.
      if (list[0] === 'pfmerge' && list.length === 2) return;
      expect([list, keysByTable(list)]).toEqual([list, odd ? null : told[i]]);
    });
  });
});

describe('keys behind options', () => {
  const key = fc.constantFrom('a', 'b', '{c}', '');
  const count = fc.constantFrom(['COUNT', '1'], ['count', '5']);

  async function agree(lists: readonly (readonly string[])[]): Promise<void> {
    const told = await keysByServer(lists);
    lists.forEach((list, i) => {
      const found = keysByTable(list)?.filter((name) => !name.includes('*'));
      expect([list, found]).toEqual([list, told[i]]);
    });
  }

  it.each(['SORT', 'SORT_RO'])('of %s are those of the server, and patterns', async (name) => {
    const option = fc.oneof(
      fc.constantFrom(['ASC'], ['desc'], ['ALPHA'], ['LIMIT', '0', '5'], ['GET', '#'], ['BY', 'nosort']),
      fc.constantFrom(['BY', '{t}weight_*'], ['GET', '{t}value_*->field']),
      fc.tuple(fc.constantFrom('STORE', 'store'), key),
    );
    const lists = fc.sample(fc.tuple(key, fc.array(option, { maxLength: 6 })), 300);
    const routable = lists.filter(
      ([, options]) => name === 'SORT' || !options.some(([word]) => /store/i.test(word)),
    );
    await agree(routable.map(([first, options]) => [name, first, ...options.flat()]));
    expect(
      keysByTable([name, 'a', 'BY', '{t}w_*->f', 'GET', '#', 'GET', 'v_*{t}', 'LIMIT', '0', '-1']),
    ).toEqual(['a', '{t}w_*->f', 'v_*{t}']);
    // What they would name may lie on any server.
    expect(keysByTable([name, 'a', 'BY', 'w_*'])).toBeNull();
    expect(keysByTable([name, 'a', 'GET', 'v_}*{'])).toBeNull();
  });

  it.each([
    ['GEORADIUS', ['1', '2', '3', 'm']],
    ['GEORADIUSBYMEMBER', ['member', '3', 'm']],
  ])('of %s are those of the server', async (name, place) => {
    const option = fc.constantFrom(['WITHDIST'], ['ASC'], ['COUNT', '3', 'ANY']);
    const options = fc.array(option, { maxLength: 2 });
    const store = fc.option(fc.tuple(fc.constantFrom('STORE', 'storedist'), key));
    const lists = fc.sample(fc.tuple(key, options, store, options), 300);
    await agree(
      lists.map(([first, before, destination, after]) => [
        ...[name, first, ...place, ...before.flat()],
        ...[...(destination ?? []), ...after.flat()],
      ]),
    );
  });

  it.each([
    ['XREAD', []],
    ['XREADGROUP', ['GROUP', 'g', 'c']],
  ])('of %s are those of the server', async (name, group) => {
    const streams = fc.array(fc.tuple(key, fc.constantFrom('0', '$', '>')), { minLength: 1, maxLength: 4 });
    const lists = fc.sample(fc.tuple(fc.option(count), streams), 200);
    await agree(
      lists.map(([option, list]) => [
        ...[name, ...group, ...(option ?? []), 'STREAMS'],
        ...list.map(([stream]) => stream),
        ...list.map(([, id]) => id),
      ]),
    );
  });
});

describe('odd commands go where the server would look', () => {
  async function run(...words: string[]): Promise<unknown> {
    return redis.client.command(...words);
  }

  it('with a STORE that ends in a NUL', async () => {
    await run('RPUSH', 'list', '1');
    expect(await run('SORT', 'list', 'STORE\0!', 'hidden')).toBe(1);
    expect(await run('EXISTS', 'hidden')).toBe(1);
    expect(keysByTable(['SORT', 'list', 'STORE\0!', 'hidden'])).toEqual(['list', 'hidden']);
  });

  it('with two destinations, of which the last is obeyed', async () => {
    await run('GEOADD', 'places', '1', '2', 'here');
    const search = ['GEORADIUS', 'places', '1', '2', '9', 'km', 'STORE', 'first', 'STOREDIST', 'STORE'];
    expect(await run(...search)).toBe(1);
    expect(await run('EXISTS', 'first')).toBe(0);
    expect(await run('EXISTS', 'STORE')).toBe(1);
    expect(keysByTable(search)).toEqual(['places', 'STORE']);
  });

  it('with options whose values look like options', async () => {
    expect(await run('SORT', 'list', 'STORE', 'by', 'BY', 'nosort')).toBe(1);
    expect(await run('EXISTS', 'by')).toBe(1);
    expect(keysByTable(['SORT', 'list', 'STORE', 'by', 'BY', 'nosort'])).toEqual(['list', 'by']);

    await run('XADD', 'k', '1-1', 'f', 'v');
    await run('XGROUP', 'CREATE', 'k', 'STREAMS', '0');
    const read = ['XREADGROUP', 'COUNT', '1', 'GROUP', 'STREAMS', 'c', 'STREAMS', 'k', '>'];
    expect(await run(...read)).toEqual([['k', [['1-1', ['f', 'v']]]]]);
    expect(keysByTable(read)).toEqual(['k']);
  });
});

/** The conversation leaves what it was asked about to any server as well. */
function handlingWithoutKeys({ spec }: ReturnType<typeof decodeOne>): Handling {
  return spec.handling === Handling.local ? Handling.local : Handling.anyNode;
}

it.each([
  ['EVAL', 'return 1', '0'],
  ['EVALSHA_RO', 'f', '0', 'a'],
  ['FCALL', 'f', '0', 'a'],
])('a script without keys runs on any server: %s', (...words) => {
  const command = decodeOne(encodeCommand(words));
  expect(command.handling).toBe(handlingWithoutKeys(command));
  expect(command.keyCount).toBe(0);
});

test.each([
  ...[
    'EVAL x y k',
    'EVAL x 02 a b',
    'EVAL x -1 k',
    'EVAL x 2 k',
    'EVAL x 99999999999999999999 k',
    'EVAL x 0 a',
  ],
  ...['ZUNIONSTORE d x a', 'ZUNIONSTORE d 0 a', 'ZDIFFSTORE d 2 a', 'ZINTER 0 a', 'SINTERCARD 2 a'],
  ...['LMPOP x a LEFT', 'BLMPOP 0 -1 a LEFT', 'ZMPOP 3 a MIN', 'FCALL f 2 a', 'EVALSHA x 1'],
])('%s has no key that could be told: any server will say what is wrong', (line) => {
  const command = decodeOne(encodeCommand(line.split(' ')));
  expect([command.handling, command.keyCount]).toEqual([handlingWithoutKeys(command), 0]);
});

describe('commands whose keys cannot be told', () => {
  function refusalOf(...words: string[]): Refusal {
    const command = decodeOne(encodeCommand(words));
    expect(command.handling).toBe(Handling.reject);
    expect(command.keyCount).toBe(0);
    return command.refusal;
  }

  it('are refused', () => {
    expect(refusalOf('MIGRATE', 'host', '1', 'key', '0', '1')).toBe(Refusal.unsupported);
  });
});
