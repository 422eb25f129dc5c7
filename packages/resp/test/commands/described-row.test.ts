import { connectRaw, type RedisServer, startRedis } from '@shardmux/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CommandRow } from '../../src/commands/command-row.js';
import { describedRow } from '../../src/commands/described-row.js';
import { commandRows } from '../../src/commands/generated/table.js';
import { readWhole } from '../../src/reply/whole-reply.js';

let server: RedisServer;

beforeAll(async () => {
  server = await startRedis();
});

afterAll(async () => {
  await server?.stop();
});

/** In one order, and without the keys of which a server says that it does not tell all of them. */
function comparable(row: CommandRow, other: CommandRow): unknown {
  const keys = row.keys.map((spec, i) => (other.keys[i] === null ? null : spec));
  const subcommands = [...row.subcommands].sort((a, b) => (a.name < b.name ? -1 : 1));
  const others = new Map(other.subcommands.map((each) => [each.name, each]));
  return { ...row, keys, subcommands: subcommands.map((each) => comparable(each, others.get(each.name)!)) };
}

describe('what a server says of a command', () => {
  it.each(['2', '3'])('is in RESP%s what the table has of it', async (version) => {
    const client = await connectRaw(server.endpoint);
    await client.commandRaw('HELLO', version);
    const reply = readWhole(await client.commandRaw('COMMAND'));
    await client.close();
    const told = new Map((reply as unknown[]).map(describedRow).map((row) => [row!.name, row!]));
    for (const row of commandRows) {
      const own = told.get(row.name)!;
      expect(comparable(own, own)).toEqual(comparable(row, own));
    }
    expect(told.size).toBe(commandRows.length);
  });

  const entry = (flags: string[], categories: string[], first = 1) => [
    'mod.do',
    -1,
    flags,
    ...[first, first, first],
    categories,
    [],
    [],
    [],
  ];

  it('has the categories of its flags where it has none', () => {
    expect(describedRow(entry(['write', 'fast'], []))?.categories).toEqual(['write', 'fast']);
    expect(describedRow(entry(['admin'], []))?.categories).toEqual(['admin', 'dangerous']);
    expect(describedRow(entry(['noscript'], []))?.categories).toEqual(['connection']);
    expect(describedRow(entry(['noscript', 'write'], ['@read']))?.categories).toEqual(['read']);
  });

  it('has as many arguments as it needs for its keys', () => {
    expect(describedRow(entry([], [], 2))?.arity).toBe(-3);
    expect(describedRow(entry([], [], 0))?.arity).toBe(-1);
  });

  it('has no keys that nobody could count', () => {
    expect(describedRow(['mod.do', -2, [], 1, 1, 0, [], [], [], []])?.keys).toEqual([null]);
  });
});
