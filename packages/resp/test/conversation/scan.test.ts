import type { ErrandNode } from '@shardmux/plugin-api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCursor, writeCursor } from '../../src/conversation/scanning/scan-cursor.js';
import { scanServers } from '../../src/conversation/scanning/scan-servers.js';

function idsOf(names: readonly string[]): Map<string, number> {
  const nodes = names.map((name) => ({ name }) as ErrandNode);
  return new Map(scanServers(nodes).map(({ id, node }) => [node.name, id]));
}

describe('the ids of servers', () => {
  const names = fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 50 });

  it('are all different, rise, fit, and do not depend on the order of the topology', () => {
    fc.assert(
      fc.property(names, (some) => {
        const ids = [...idsOf(some).values()];
        expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
        expect(ids[0]).toBeGreaterThanOrEqual(1);
        expect(ids.at(-1)).toBeLessThanOrEqual(65_535);
        expect(idsOf(some.toReversed())).toEqual(idsOf(some));
      }),
    );
  });

  it('are different for names that hash alike', () => {
    const many = Array.from({ length: 2_000 }, (_, i) => `10.0.0.1:${i}`);
    expect(new Set(many.map((name) => idsOf([name]).get(name))).size).toBeLessThan(many.length);
    expect(new Set(idsOf(many).values()).size).toBe(many.length);
  });
});

it('a cursor holds a server and its own cursor, and is exact as a number for tables of up to 2^37 entries', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 65_535 }), fc.bigInt(0n, 2n ** 37n - 1n), (server, own) => {
      const text = writeCursor({ server, own });
      expect(Number.isSafeInteger(Number(text))).toBe(true);
      expect(readCursor(text)).toEqual({ server, own });
    }),
  );
});
