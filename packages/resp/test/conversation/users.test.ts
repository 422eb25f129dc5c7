import { DecodeStatus, type RealmOptions } from '@shardmux/plugin-api';
import { encodeCommand, type RedisServer, startRedis } from '@shardmux/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RespConversation } from '../../src/conversation/conversation.js';
import { RespRealm } from '../../src/conversation/realm.js';
import { RespRequestDecoder } from '../../src/request/decoder.js';
import { answersByServer } from '../session.js';
import { limits, silentClient, text } from '../support.js';

const users: Readonly<Record<string, readonly string[]>> = {
  default: ['on', '>secret', '~*', '&*', '+@all'],
  ada: ['on', '>one', '>ö', '~a*', '+@all', '-config', '-select'],
  bob: ['off', '>two', 'allkeys', 'allcommands'],
};

/** What a client is told: forwarded commands are told by an arrow and their name. */
class Client {
  readonly conversation: RespConversation;
  readonly #decoder: RespRequestDecoder;

  constructor(realm: RespRealm) {
    this.conversation = realm.createConversation(silentClient);
    this.#decoder = new RespRequestDecoder(limits, this.conversation);
  }

  say(...words: string[]): string {
    return this.send(encodeCommand(words));
  }

  send(bytes: Buffer): string {
    let answers = '';
    for (let at = 0; at < bytes.length && !this.conversation.closing; at = this.#decoder.consumed) {
      expect(this.#decoder.decode(bytes, at, bytes.length)).toBe(DecodeStatus.command);
      const answer = this.conversation.answer(this.#decoder);
      answers += answer instanceof Uint8Array ? text(answer) : `> ${this.#decoder.spec.name}\r\n`;
    }
    return answers;
  }
}

function clientOf(options: Partial<RealmOptions> = {}): Client {
  return new Client(new RespRealm({ password: null, users, maxRunBytes: 1_000_000, ...options }));
}

let server: RedisServer;

beforeAll(async () => {
  const args = Object.entries(users).flatMap(([name, rules]) => ['--user', name, ...rules]);
  server = await startRedis({ args });
});

afterAll(async () => {
  await server?.stop();
});

describe('users', () => {
  it.each([
    [['GET a']],
    [['AUTH wrong']],
    [['AUTH secret', 'PING']],
    [['AUTH default secret', 'PING']],
    [['AUTH ada one', 'ACL WHOAMI']],
    [['AUTH ada ö', 'ACL WHOAMI']],
    [['AUTH ada two', 'PING']],
    [['AUTH bob two', 'PING']],
    [['AUTH nobody x', 'PING']],
    [['AUTH ada one', 'AUTH ada two', 'ACL WHOAMI']],
    [['AUTH ada one', 'AUTH secret', 'ACL WHOAMI']],
    [['AUTH ada one', 'RESET', 'PING']],
    [['HELLO 2 AUTH ada two']],
    [['HELLO 2']],
    [['AUTH ada one', 'CONFIG GET x', 'SELECT 1']],
    [['AUTH ada one', 'GET b', 'MGET a b', 'BLPOP b 1', 'SORT b']],
    [['AUTH ada one', 'GET', 'foo', 'CONFIG foo']],
    [['AUTH ada one', 'MULTI', 'GET b', 'EXEC', 'PING']],
    [['AUTH ada one', 'MULTI', 'SELECT 1', 'GET a', 'EXEC']],
    [['AUTH ada one', 'ACL USERS', 'ACL GETUSER bob', 'ACL DRYRUN ada GET b', 'ACL DRYRUN ada GET a']],
  ])('are answered %j as by redis-server', async (lines) => {
    const bytes = Buffer.concat(lines.map((line) => encodeCommand(line.split(' '))));
    const answers = clientOf().send(bytes);
    expect(answers.replace(/-config.*(\r\n)/, '')).toBe(
      (await answersByServer(server, bytes)).replace(/-config.*(\r\n)/, ''),
    );
  });

  it('let their commands through where they may run them', () => {
    const client = clientOf();
    client.say('AUTH', 'ada', 'one');
    expect(client.conversation.intercepts).toBe(true);
    expect(client.say('GET', 'a1')).toBe('> get\r\n');
    expect(client.say('SORT', 'a{x}', 'BY', 'w{x}*')).toMatch(/^-NOPERM .*keys/);
    expect(client.say('SORT', 'a', 'BY', 'nosort')).toBe('> sort\r\n');
  });

  it('who may do everything cost nothing', () => {
    const client = clientOf();
    client.say('AUTH', 'secret');
    expect(client.conversation.intercepts).toBe(false);
    expect(clientOf({ users: {} }).conversation.intercepts).toBe(false);
  });

  it('are the pool’s password’s where none are given', () => {
    const client = clientOf({ password: 'päss', users: {} });
    expect(client.say('GET', 'a')).toBe('-NOAUTH Authentication required.\r\n');
    expect(client.say('AUTH', 'päss')).toBe('+OK\r\n');
  });

  it('come from a file', () => {
    const client = clientOf({ users: Buffer.from('user default off\nuser ada on >ö +get ~ä*\n') });
    expect(client.say('AUTH', 'ada', 'ö')).toBe('+OK\r\n');
    expect(client.say('GET', 'äb')).toBe('> get\r\n');
    expect(client.say('GET', 'b')).toContain('NOPERM');
  });

  it('are others from the next command on', () => {
    const realm = new RespRealm({ password: null, users });
    const client = new Client(realm);
    client.say('AUTH', 'secret');
    realm.replaceUsers({ password: null, users: { ...users, default: ['on', '>secret', '+get', '~a'] } });
    expect(client.conversation.intercepts).toBe(true);
    expect(client.say('GET', 'b')).toContain('NOPERM');
    expect(client.say('GET', 'a')).toBe('> get\r\n');
  });

  it.each([
    ['removed', {}],
    ['has another password', { ada: ['on', '>other', '+@all', '~*'] }],
  ])('one that is %s has its clients leave with their next command', (_, others) => {
    const realm = new RespRealm({ password: null, users });
    const client = new Client(realm);
    client.say('AUTH', 'ada', 'one');
    const { default: first = [] } = users;
    realm.replaceUsers({ password: null, users: { default: first, ...others } });
    expect(client.say('GET', 'a')).toBe('-NOAUTH Authentication required.\r\n');
    expect(client.conversation.closing).toBe(true);
  });

  it('stay as they are where the new ones are wrong', () => {
    const realm = new RespRealm({ password: null, users });
    const client = new Client(realm);
    client.say('AUTH', 'ada', 'one');
    expect(() => realm.replaceUsers({ password: null, users: { ada: ['hunter2'] } })).toThrow('Syntax error');
    expect(client.say('GET', 'a')).toBe('> get\r\n');
  });
});

describe('ACL LOAD', () => {
  it('has the users read anew, or says why they stay', () => {
    let fault: Error | null = null;
    let reloads = 0;
    const client = clientOf({
      users: {},
      reload: () => {
        if (fault !== null) throw fault;
        reloads++;
      },
    });
    expect(client.say('ACL', 'LOAD')).toBe('+OK\r\n');
    expect(reloads).toBe(1);
    fault = new Error('users.acl: line 3: Syntax error');
    expect(client.say('ACL', 'LOAD')).toBe('-ERR users.acl: line 3: Syntax error\r\n');
  });

  it('is refused where there is nothing to read', () => {
    expect(clientOf().say('AUTH', 'secret')).toBe('+OK\r\n');
    expect(clientOf({ users: {} }).say('ACL', 'LOAD')).toContain('not configured to use an ACL file');
  });

  it('may bring another password where there are no users', () => {
    const realm = new RespRealm({ password: 'old' });
    const client = new Client(realm);
    expect(client.say('AUTH', 'old')).toBe('+OK\r\n');
    realm.replaceUsers({ password: 'new' });
    expect(client.say('GET', 'a')).toContain('NOAUTH');
    const another = new Client(realm);
    expect(another.say('AUTH', 'old')).toBe('-ERR invalid password\r\n');
    expect(another.say('AUTH', 'new')).toBe('+OK\r\n');
  });
});

describe('denied commands', () => {
  it('are denied to all, in any letter case, by their subcommand, and within MULTI', () => {
    const client = clientOf({ users: {}, deny: ['flushall', 'config|set', 'get'] });
    const denied = (name: string) => `-NOPERM '${name}' is denied by the configuration of shardmux\r\n`;
    expect(client.conversation.intercepts).toBe(true);
    expect(client.say('FlushAll')).toBe(denied('flushall'));
    expect(client.say('config', 'SET', 'a', 'b')).toBe(denied('config|set'));
    expect(client.say('SET', 'a', '1')).toBe('> set\r\n');
    expect(client.say('MULTI')).toBe('+OK\r\n');
    expect(client.say('geT', 'a')).toBe(denied('get'));
    expect(client.say('EXEC')).toMatch(/^-EXECABORT/);
  });

  it('are those of the default list where none are named', () => {
    expect(clientOf({ users: {} }).say('DEBUG', 'SLEEP', '1')).toContain('denied by the configuration');
  });
});
