import { Handling } from '@shardmux/plugin-api';
import { describe, expect, it } from 'vitest';
import { aclCommandOf } from '../../src/access/acl-commands.js';
import { DenyList, deniedByDefault, deniedReply } from '../../src/access/deny-list.js';
import { commandRows } from '../../src/commands/generated/table.js';
import { policyOf } from '../../src/commands/policy.js';
import { text } from '../support.js';

function denied(list: readonly string[], name: string): boolean {
  return new DenyList(list).denies(aclCommandOf(name)!);
}

describe('a list of denied commands', () => {
  it('denies what it names, in any letter case', () => {
    expect(denied(['FlushAll'], 'flushall')).toBe(true);
    expect(denied(['FlushAll'], 'flushdb')).toBe(false);
    expect(denied([], 'flushall')).toBe(false);
  });

  it('denies a subcommand alone, or with its container', () => {
    expect(denied(['config|SET'], 'config|set')).toBe(true);
    expect(denied(['config|SET'], 'config|get')).toBe(false);
    expect(denied(['config|SET'], 'config')).toBe(false);
    expect(denied(['module'], 'module|load')).toBe(true);
  });

  it('has no command that does not exist', () => {
    expect(() => new DenyList(['nosuch'])).toThrow("'nosuch': Unknown command");
    expect(() => new DenyList(['config|nosuch'])).toThrow("'config|nosuch': Unknown command");
  });

  it('says who denies', () => {
    expect(text(deniedReply('config|set'))).toBe(
      "-NOPERM 'config|set' is denied by the configuration of shardmux\r\n",
    );
  });
});

describe('the default list', () => {
  it('costs nothing: nothing of it is sent to servers anyway', () => {
    const served = commandRows
      .flatMap((row) => [row, ...row.subcommands])
      .filter((row) => row.subcommands.length === 0 && denied(deniedByDefault, row.name))
      .filter((row) => {
        const { handling } = policyOf(row);
        return handling !== Handling.reject && handling !== Handling.local;
      });
    expect(served.map(({ name }) => name)).toEqual([]);
  });
});
