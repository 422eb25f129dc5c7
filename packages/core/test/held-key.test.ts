import { setImmediate } from 'node:timers/promises';
import { CoordinationError, type CoordinationStore, type Lease } from '@shardmux/plugin-api';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { HeldKey } from '../src/coordination/held-key.js';

/** A lease whose writes are done when the test says so. */
class SlowLease implements Lease {
  isLive = true;
  readonly lose: () => void;
  readonly puts: { readonly value: string; done(): void; fail(): void }[] = [];

  constructor(lose: () => void) {
    this.lose = lose;
  }

  put(_key: string, value: string): Promise<void> {
    return new Promise((done, reject) => {
      const fail = () => reject(new CoordinationError('AWAY', 'nobody answers'));
      this.puts.push({ value, done, fail });
    });
  }

  async end(): Promise<void> {
    this.isLive = false;
  }
}

let leases: SlowLease[];
let told: string[];
let key: HeldKey;

beforeEach(() => {
  leases = [];
  told = [];
  const lease = async (_ttl: number, onLost: () => void) => {
    leases.push(new SlowLease(onLost));
    return leases[leases.length - 1];
  };
  key = new HeldKey({ lease } as Partial<CoordinationStore> as CoordinationStore, 'key', 'one', {
    held: () => told.push('held'),
    failed: ({ message }) => told.push(message),
  });
});

afterEach(() => key.close());

const values = (lease: SlowLease) => lease.puts.map(({ value }) => value);
/** Until all that is due has been done. */
const settle = () => setImmediate();
const nextLease = (count: number) =>
  vi.waitUntil(() => leases.length === count && leases[count - 1].puts.length > 0, { timeout: 5_000 });

test('the last value stands, and those before it may be left out', async () => {
  key.start();
  await settle();
  key.set('two');
  key.set('three');
  const [lease] = leases;
  expect(values(lease)).toEqual(['one']);
  lease.puts[0].done();
  await settle();
  expect(values(lease)).toEqual(['one', 'three']);
  lease.puts[1].done();
  await settle();
  expect(told).toEqual(['held']);
});

test('a write that is under way when its lease is lost keeps nothing from being written under the next', async () => {
  key.start();
  await settle();
  const [first] = leases;
  first.puts[0].done();
  await settle();
  key.set('two');
  expect(values(first)).toEqual(['one', 'two']);
  first.lose();
  await nextLease(2);
  const [, second] = leases;
  expect(values(second)).toEqual(['two']);
  first.puts[1].done();
  second.puts[0].done();
  await settle();
  key.set('three');
  expect(values(second)).toEqual(['two', 'three']);
});

test('a write that fails is tried again under another lease', async () => {
  key.start();
  await settle();
  leases[0].puts[0].done();
  await settle();
  key.set('two');
  leases[0].puts[1].fail();
  await nextLease(2);
  expect(told).toEqual(['held', 'nobody answers']);
  expect(leases[0].isLive).toBe(false);
  expect(values(leases[1])).toEqual(['two']);
});
