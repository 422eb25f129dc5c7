import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import type { DistributionNode } from '@shardmux/plugin-api';
import { redisCluster } from '@shardmux/plugin-hash-slots';
import { connectRaw, findBinary, type RedisServer, startRedis } from '@shardmux/testing';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { Slots } from '../src/index.js';

const SLOTS = 16_384;
const slots = new Slots({ slots: SLOTS, splitBy: 'slot' });

// From 78 nodes on, single and double precision disagree.
const SIZES = [3, 7, 78];

const servers: RedisServer[] = [];

beforeAll(async () => {
  for (let i = 0; i < Math.max(...SIZES); i++) {
    servers.push(await startRedis({ cluster: true }));
  }
  servers.sort((a, b) => a.port - b.port);
});

afterAll(() => Promise.all(servers.map((server) => server.stop())));

const nodeOf = ({ host, port }: RedisServer): DistributionNode => ({ name: `${host}:${port}`, weight: 1 });

/** What redis-cli says that it would do with these servers as masters; it does it if the answer is "yes". */
async function create(masters: readonly RedisServer[], answer: string): Promise<string> {
  const addresses = masters.map((master) => nodeOf(master).name);
  const cli = spawn(findBinary('redis-cli') ?? 'redis-cli', ['--cluster', 'create', ...addresses]);
  cli.stdin.end(`${answer}\n`);
  return text(cli.stdout);
}

test.each(SIZES)('%i equal nodes have the slots that redis-cli gives to as many masters', async (size) => {
  const masters = servers.slice(0, size);
  const plan = await create(masters, 'no');
  const theirs = [...plan.matchAll(/Master\[\d+\] -> Slots (\d+) - (\d+)$/gm)].map(([, first, last]) => [
    Number(first),
    Number(last),
  ]);
  const table = slots.build(masters.map(nodeOf));
  const ours = masters.map((): number[] => []);
  for (let slot = 0; slot < SLOTS; slot++) ours[table.locate(slot)].push(slot);
  expect(ours.map((owned) => [owned[0], owned.at(-1)])).toEqual(theirs);
});

describe('a real cluster of three', () => {
  const masters = () => servers.slice(0, 3);

  beforeAll(async () => {
    expect(await create(masters(), 'yes')).toContain('All 16384 slots covered');
    for (const { endpoint } of masters()) {
      const client = await connectRaw(endpoint, { strings: true });
      await vi.waitFor(async () => {
        expect(await client.command('CLUSTER', 'INFO')).toContain('cluster_state:ok');
      }, 10_000);
      await client.close();
    }
  });

  /** The nodes with the slots that the cluster says they have. */
  async function described(): Promise<DistributionNode[]> {
    const client = await connectRaw(servers[0].endpoint, { strings: true });
    const reply = await client.command('CLUSTER', 'NODES');
    await client.close();
    return String(reply)
      .trim()
      .split('\n')
      .map((line) => {
        const [, address, , , , , , , ...ranges] = line.split(' ');
        const owned = ranges.map((range) => range.split('-').map(Number));
        return {
          name: address.replace(/@.*/, ''),
          weight: 1,
          slots: owned.map(([first, last = first]) => ({ first, last })),
        };
      });
  }

  /** How many keys are refused by the node that is said to have them. */
  async function refusals(nodes: readonly DistributionNode[]): Promise<number> {
    const table = slots.build(nodes);
    const keys = Array.from({ length: 3_000 }, (_, i) => Buffer.from(i % 2 ? `{${i}}:name` : `user:${i}`));
    const owners = keys.map((key) => nodes[table.locate(redisCluster(key, 0, key.length))].name);
    let refused = 0;
    for (const { host, port, endpoint } of masters()) {
      const client = await connectRaw(endpoint, { strings: true });
      const own = keys.filter((_, i) => owners[i] === `${host}:${port}`);
      const replies = await client.pipeline(own.map((key) => ['SET', key, '']));
      refused += replies.filter((reply) => reply !== 'OK').length;
      await client.close();
    }
    return refused;
  }

  test('takes every key at the node where it belongs by weight', async () => {
    expect(await refusals(masters().map(nodeOf))).toBe(0);
  });

  test('takes every key at the node that names its slot, after slots have moved', async () => {
    await moveToFirst(6_000, 6_399);
    expect(await refusals(await described())).toBe(0);
    expect(await refusals(masters().map(nodeOf))).toBeGreaterThan(0);
  });

  async function moveToFirst(first: number, last: number): Promise<void> {
    const clients = await Promise.all(
      masters().map(({ endpoint }) => connectRaw(endpoint, { strings: true })),
    );
    const id = String(await clients[0].command('CLUSTER', 'MYID'));
    // Else a former owner that has not been told yet has the greater epoch, and is believed when it claims a slot.
    await clients[0].command('CLUSTER', 'BUMPEPOCH');
    const moves = Array.from({ length: last - first + 1 }, (_, i) => [
      ...['CLUSTER', 'SETSLOT', String(first + i)],
      ...['NODE', id],
    ]);
    for (const client of clients) {
      const replies = await client.pipeline([['FLUSHALL'], ...moves]);
      expect(new Set(replies)).toEqual(new Set(['OK']));
      await client.close();
    }
  }
});
