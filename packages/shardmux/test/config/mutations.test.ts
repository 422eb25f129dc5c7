import { InvalidConfigError } from '@shardmux/config-file';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { read } from '../support/read-config.js';

const FILES = [
  `alpha:
  listen: 127.0.0.1:22121
  hash: murmur
  hash_tag: "{}"
  auto_eject_hosts: true
  timeout: 400
  redis: true
  servers:
   - 127.0.0.1:6379:1 one
   - /tmp/two.sock:1
`,
  `workers: 2
stats: { listen: "127.0.0.1:1", interval: 5 }
pools:
  alpha: &alpha
    listen: 127.0.0.1:22121
    hashTag: "{}"
    failover: { use: auto-eject, failureLimit: 2 }
    topology: { use: file, servers: ["h:1:1", { path: /tmp/x, weight: 3 }] }
    limits: { maxClients: 5 }
`,
];

const PIECES = [
  '\n',
  '  ',
  ':',
  ': ',
  '- ',
  '"',
  '{',
  '}',
  '[',
  ']',
  '&a ',
  '*a',
  '!x ',
  '#',
  '|\n',
  '?',
  '0',
  '-1',
  '~',
];

const mutation = fc.record({
  at: fc.nat(400),
  removed: fc.nat(12),
  inserted: fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 4 })),
});

test('a file that is spoilt anywhere is read or refused, with every fault at a place in it', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...FILES),
      fc.array(mutation, { minLength: 1, maxLength: 4 }),
      (file, mutations) => {
        const spoilt = mutations.reduce(
          (text, { at, removed, inserted }) => text.slice(0, at) + inserted + text.slice(at + removed),
          file,
        );
        try {
          expect(read(spoilt).pools.length).toBeGreaterThan(0);
        } catch (error) {
          if (!(error instanceof InvalidConfigError)) throw error;
          expect(error.problems.length).toBeGreaterThan(0);
          for (const { line, column } of error.problems) {
            expect(line).toBeGreaterThan(0);
            expect(line).toBeLessThanOrEqual(spoilt.split('\n').length);
            expect(column).toBeGreaterThan(0);
          }
        }
      },
    ),
    { numRuns: 3_000 },
  );
});
