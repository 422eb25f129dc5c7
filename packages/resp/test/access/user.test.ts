import { encodeCommand } from '@shardmux/testing';
import { describe, expect, it } from 'vitest';
import { aclCommandOf } from '../../src/access/acl-commands.js';
import { denialReply } from '../../src/access/denial.js';
import { PasswordHash } from '../../src/access/password-hash.js';
import type { User } from '../../src/access/user.js';
import { compileUser } from '../../src/access/user-rules.js';
import { decodeOne, text } from '../support.js';

function accepts(rules: readonly string[], password: string): boolean {
  return compileUser('u', rules).accepts(PasswordHash.of(Buffer.from(password)));
}

function replyTo(user: User, line: string): string | null {
  const command = decodeOne(encodeCommand(line.split(' ')));
  const { name } = command.spec;
  const denial = user.denialOf(aclCommandOf(name)!, command);
  return denial === null ? null : text(denialReply(denial, name));
}

describe('a user', () => {
  it.each([
    [['on', '>one', '>two'], 'one', true],
    [['on', '>one', '>two'], 'two', true],
    [['on', '>one', '>two'], 'three', false],
    [['on', '>one', '>two'], '', false],
    [['on', '>one', '<one'], 'one', false],
    [['off', '>one'], 'one', false],
    [['>one'], 'one', false],
    [['on', 'nopass'], 'any', true],
    [['off', 'nopass'], 'any', false],
    [['on', 'nopass', '>one'], 'any', false],
    [['on'], '', false],
  ] as const)('of %j lets in who says %j: %s', (rules, password, allowed) => {
    expect(accepts(rules, password)).toBe(allowed);
  });

  it.each([
    [['+@all', '~*', '&*'], true],
    [['allcommands', 'allkeys', 'allchannels'], true],
    [['(+@all ~* &*)'], true],
    [['+@all', '~*'], false],
    [['+@all', '&*'], false],
    [['+@all', '~*', '&*', '-get'], false],
    [['+@all', '~*', '&*', '-get', '+get'], false],
    [['+@all', '%RW~*', '&*'], false],
  ] as const)('of %j is unrestricted: %s', (rules, unrestricted) => {
    expect(compileUser('u', rules).isUnrestricted).toBe(unrestricted);
  });

  it('is told what it may not do in the words of redis-server', () => {
    const user = compileUser('u', ['+get', '+publish', '+config', '-config|set', '~a', '&c']);
    expect(replyTo(user, 'GET a')).toBe(null);
    expect(replyTo(user, 'PUBLISH c x')).toBe(null);
    expect(replyTo(user, 'CONFIG GET x')).toBe(null);
    expect(replyTo(user, 'config Set a b')).toBe(
      "-NOPERM this user has no permissions to run the 'config|set' command\r\n",
    );
    expect(replyTo(user, 'GET b')).toBe(
      '-NOPERM this user has no permissions to access one of the keys used as arguments\r\n',
    );
    expect(replyTo(user, 'PUBLISH d x')).toBe(
      '-NOPERM this user has no permissions to access one of the channels used as arguments\r\n',
    );
  });

  it('needs one selector that allows the whole', () => {
    const user = compileUser('u', ['+mget', '~a', '(+mget ~b)', '(+mset ~a ~b)']);
    expect(replyTo(user, 'MGET a a')).toBe(null);
    expect(replyTo(user, 'MGET b b')).toBe(null);
    expect(replyTo(user, 'MGET a b')).toContain('NOPERM');
    expect(replyTo(user, 'MSET a b b a')).toBe(null);
  });

  it('has all destinations of GEORADIUS looked at', () => {
    const user = compileUser('u', ['+@all', '~a']);
    expect(replyTo(user, 'GEORADIUS a 1 1 1 m STORE a STORE b')).toContain('NOPERM');
    expect(replyTo(user, 'GEORADIUS a 1 1 1 m STORE b STORE a')).toContain('NOPERM');
  });
});
