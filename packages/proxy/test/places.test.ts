import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Claim, Scope } from '../src/claim.js';
import { claimsOf } from '../src/client-claims.js';
import { Places } from '../src/places.js';

test.each([
  ['10.0.0.1:4711', '10.0.0.1'],
  ['::1:4711', '::1'],
  ['2001:db8::7:80', '2001:db8::7'],
  // The same client, whatever family the listener is of.
  ['::ffff:10.0.0.1:4711', '10.0.0.1'],
  ['unix', null],
  ['', null],
])('of %s the address is %s', (remote, address) => {
  const ofAddress = address === null ? [] : [{ scope: 'address', name: address }];
  expect(claimsOf(remote)).toEqual([{ scope: 'pool', name: '' }, ...ofAddress]);
});

test('a client that is refused by one limit holds nothing of the other', () => {
  const places = new Places({ pool: 2, address: 1, user: 0 });
  const [one, two, three] = ['1.1.1.1:1', '2.2.2.2:1', '3.3.3.3:1'].map(claimsOf);
  expect(places.take(one)).toBeNull();
  expect(places.take(one)).toBe('address');
  expect(places.take(two)).toBeNull();
  expect(places.take(three)).toBe('pool');
  places.give(one);
  expect(places.take(three)).toBeNull();
});

test('whatever comes and goes, the limits hold exactly', () => {
  const steps = fc.array(
    fc.record({ address: fc.nat({ max: 3 }), user: fc.nat({ max: 2 }), comes: fc.boolean() }),
    {
      maxLength: 60,
    },
  );
  const limits = fc.record({
    pool: fc.nat({ max: 5 }),
    address: fc.nat({ max: 3 }),
    user: fc.nat({ max: 2 }),
  });
  fc.assert(
    fc.property(limits, steps, (limit, all) => {
      const places = new Places(limit);
      const held: (readonly Claim[])[] = [];
      const count = (scope: Scope, name: string) =>
        held.filter((claims) => claims.some((claim) => claim.scope === scope && claim.name === name)).length;
      for (const { address, user, comes } of all) {
        const claims: Claim[] = [...claimsOf(`10.0.0.${address}:1`), { scope: 'user', name: `u${user}` }];
        if (comes) {
          const full = claims.find(
            ({ scope, name }) => limit[scope] > 0 && count(scope, name) >= limit[scope],
          );
          expect(places.take(claims)).toBe(full?.scope ?? null);
          if (full === undefined) held.push(claims);
        } else {
          const [gone] = held.splice(address, 1);
          if (gone !== undefined) places.give(gone);
        }
      }
    }),
  );
});
