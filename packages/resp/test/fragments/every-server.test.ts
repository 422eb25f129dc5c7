import { expect, it } from 'vitest';
import { mergeTexts } from './merging.js';

/** What becomes of the replies of all servers. */
function mergeAll(command: string, ...replies: string[]): string | null {
  return mergeTexts(command.split(' '), replies, []);
}

const bulk = (body: string) => `$${body.length}\r\n${body}\r\n`;

it('DBSIZE is the sum', () => {
  expect(mergeAll('DBSIZE', ':2\r\n', ':0\r\n', ':40\r\n')).toBe(':42\r\n');
});

it('what all of them say is said once', () => {
  expect(mergeAll('FLUSHALL', '+OK\r\n', '+OK\r\n')).toBe('+OK\r\n');
  expect(mergeAll('SCRIPT LOAD x', bulk('sha'), bulk('sha'))).toBe(bulk('sha'));
});

it('KEYS has the keys of all, in the order of the servers', () => {
  expect(mergeAll('KEYS *', '*1\r\n$1\r\na\r\n', '*0\r\n', '*2\r\n$1\r\nb\r\n$0\r\n\r\n')).toBe(
    '*3\r\n$1\r\na\r\n$1\r\nb\r\n$0\r\n\r\n',
  );
  expect(mergeAll('KEYS *', '*0\r\n', '*0\r\n')).toBe('*0\r\n');
});

it('RANDOMKEY has a key if any server has one', () => {
  expect(mergeAll('RANDOMKEY', '$-1\r\n', bulk('a'), '$-1\r\n')).toBe(bulk('a'));
  expect(mergeAll('RANDOMKEY', '$-1\r\n', '$-1\r\n')).toBe('$-1\r\n');
  const found = new Set(
    Array.from({ length: 200 }, () => mergeAll('RANDOMKEY', bulk('a'), '$-1\r\n', bulk('b'))),
  );
  expect([...found].toSorted()).toEqual([bulk('a'), bulk('b')]);
});

it('an error of one is the reply, and says of a write on how many servers it was done', () => {
  const down = '-ERR down\r\n';
  expect(mergeAll('DBSIZE', ':1\r\n', down)).toBe(down);
  expect(mergeAll('KEYS *', down, '*0\r\n')).toBe(down);
  expect(mergeAll('FLUSHALL', '+OK\r\n', down, '+OK\r\n')).toBe('-ERR down (applied on 2 of 3 shards)\r\n');
});

it.each([
  ['DBSIZE', ':1\r\n', '+OK\r\n'],
  ['FLUSHALL', '+OK\r\n', '+BACKGROUND\r\n'],
  ['FUNCTION LOAD x', bulk('one'), bulk('two')],
  ['KEYS *', '*0\r\n', ':0\r\n'],
  ['KEYS *', '*0\r\n', '*-1\r\n'],
  ['RANDOMKEY', bulk('a'), '+a\r\n'],
])('%s: replies of another form are none: %j %j', (command, ...replies) => {
  expect(mergeAll(command, ...replies)).toBeNull();
});
