import { expect, test } from 'vitest';
import type { ProxyEntry } from '../../src/proxies/proxy-entry.js';
import { ProxyOrder } from '../../src/proxies/proxy-order.js';

const CLIENTS = 2_000;

const proxy = (port: number, zone: string | null = null): ProxyEntry => ({
  address: { kind: 'tcp', host: '10.0.0.1', port },
  zone,
});

/** The first choice of each client. */
function firstOf(proxies: readonly ProxyEntry[], zone: string | null = null): ProxyEntry[] {
  return Array.from({ length: CLIENTS }, (_, client) => {
    const order = new ProxyOrder(`client ${client}`, zone);
    return proxies.toSorted((one, other) => order.compare(one, other))[0];
  });
}

/** By chance it would be further off once in many thousand times. */
function expectFair(count: number, share: number): void {
  expect(Math.abs(count - share)).toBeLessThan(4 * Math.sqrt(share));
}

test('clients are spread evenly', () => {
  const proxies = [1, 2, 3, 4].map((port) => proxy(port));
  const first = firstOf(proxies);
  for (const each of proxies) expectFair(first.filter((one) => one === each).length, CLIENTS / 4);
});

test('a proxy that comes takes its share, and nobody else moves', () => {
  const proxies = [1, 2, 3, 4].map((port) => proxy(port));
  const added = proxy(5);
  const before = firstOf(proxies);
  const after = firstOf([...proxies, added]);
  const moved = after.filter((each, i) => each !== before[i]);
  expect(new Set(moved)).toEqual(new Set([added]));
  expectFair(moved.length, CLIENTS / 5);
});

test('proxies of the own zone come first', () => {
  const proxies = [proxy(1, 'a'), proxy(2, 'b'), proxy(3, 'b'), proxy(4)];
  const near = firstOf(proxies, 'b');
  expect(new Set(near)).toEqual(new Set([proxies[1], proxies[2]]));
  expectFair(near.filter((each) => each === proxies[1]).length, CLIENTS / 2);
  expect(new Set(firstOf(proxies, 'c'))).toEqual(new Set(proxies));
});
