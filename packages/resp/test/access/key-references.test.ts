import { encodeCommand } from '@shardmux/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aclCommandOf } from '../../src/access/acl-commands.js';
import { KeyReferences } from '../../src/access/key-references.js';
import { commandRows } from '../../src/commands/generated/table.js';
import { Refusal } from '../../src/commands/refusal.js';
import { decodeOne, keysOf } from '../support.js';

const word = fc.constantFrom(
  ...[
    'a',
    'b',
    '{a}*',
    '1',
    '2',
    '0',
    '-',
    'get',
    'set',
    'store',
    'storedist',
    'streams',
    'STREAMS',
    'count',
  ],
  ...['by', 'limit', 'group', 'noack', 'u8', 'm', 'keys', 'aggregate', 'min', 'weights', 'left'],
);
const request = fc
  .constantFrom(...commandRows.flatMap((row) => (row.subcommands.length > 0 ? row.subcommands : [row])))
  .chain(({ name, arity }) =>
    fc
      .array(word, { minLength: Math.abs(arity) - 1, maxLength: Math.abs(arity) + 6 })
      .map((args) => [...name.split('|'), ...args]),
  );

describe('the keys that users are asked about', () => {
  it('have among them all that a command is routed by, but for the patterns of SORT', () => {
    const keys = new KeyReferences();
    let routed = 0;
    fc.assert(
      fc.property(request, (words) => {
        const command = decodeOne(encodeCommand(words));
        // To SORT_RO a server answers that there is no STORE.
        if (command.refusal !== Refusal.none || words[0] === 'sort_ro') return;
        // Redis finds no key in it either where it has no source, and so asks for none.
        if (words[0] === 'pfmerge' && words.length === 2) return;
        keys.count = 0;
        aclCommandOf(command.spec.name)!.findKeys?.(command, keys);
        const starts = Array.from({ length: keys.count }, (_, i) => command.argStart(keys.position(i)));
        // By its channel, for which users have other rules.
        if (command.spec.name.endsWith('publish')) return;
        keysOf(command).forEach((key, i) => {
          if (words[0] === 'sort' && key.includes('*')) return;
          routed++;
          expect(starts, words.join(' ')).toContain(command.keyStart(i));
        });
      }),
      { numRuns: 50_000 },
    );
    expect(routed).toBeGreaterThan(10_000);
  });
});
