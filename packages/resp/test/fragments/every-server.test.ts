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

it('a script exists that exists on all', () => {
  expect(mergeAll('SCRIPT EXISTS a b c', '*3\r\n:1\r\n:0\r\n:1\r\n', '*3\r\n:1\r\n:1\r\n:0\r\n')).toBe(
    '*3\r\n:1\r\n:0\r\n:0\r\n',
  );
});

it('INFO adds up what counts, and keeps the lines of every server', () => {
  const one = [
    '# Server\r\nredis_version:7.0.15\r\nuptime_in_seconds:5\r\n',
    '# Persistence\r\nloading:0\r\nrdb_last_save_time:100\r\n',
    '# Stats\r\ntotal_commands_processed:10\r\ninstantaneous_input_kbps:0.50\r\n',
    '# Commandstats\r\ncmdstat_get:calls=2,usec=10,usec_per_call=5.00,rejected_calls=0,failed_calls=1\r\n',
    '# Latencystats\r\nlatency_percentiles_usec_get:p50=1.003,p99=2.007\r\n',
    '# Keyspace\r\ndb0:keys=3,expires=1,avg_ttl=100\r\n',
  ];
  const other = [
    '# Server\r\nredis_version:7.2.0\r\nuptime_in_seconds:9\r\n',
    '# Persistence\r\nloading:1\r\nloading_eta_seconds:7\r\nrdb_last_save_time:200\r\n',
    '# Stats\r\ntotal_commands_processed:5\r\ninstantaneous_input_kbps:0.25\r\n',
    '# Commandstats\r\ncmdstat_get:calls=3,usec=20,usec_per_call=6.67,rejected_calls=0,failed_calls=0\r\n',
    '# Latencystats\r\n',
    '# Keyspace\r\ndb0:keys=1,expires=3,avg_ttl=500\r\ndb2:keys=7,expires=0,avg_ttl=0\r\n',
  ];
  const merged = [
    '# Server\r\nredis_version:7.0.15\r\nuptime_in_seconds:9\r\n',
    '# Persistence\r\nloading:1\r\nrdb_last_save_time:100\r\nloading_eta_seconds:7\r\n',
    '# Stats\r\ntotal_commands_processed:15\r\ninstantaneous_input_kbps:0.75\r\n',
    '# Commandstats\r\ncmdstat_get:calls=5,usec=30,usec_per_call=6.00,rejected_calls=0,failed_calls=1\r\n',
    '# Latencystats\r\n',
    '# Keyspace\r\ndb0:keys=4,expires=4,avg_ttl=400\r\ndb2:keys=7,expires=0,avg_ttl=0\r\n',
  ];
  expect(mergeAll('INFO', bulk(one.join('\r\n')), bulk(other.join('\r\n')))).toBe(bulk(merged.join('\r\n')));
  expect(mergeAll('INFO none', bulk(''), bulk(''))).toBe(bulk(''));
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
  ['SCRIPT LOAD x', bulk('sha'), bulk('shb')],
  ['KEYS *', '*0\r\n', ':0\r\n'],
  ['KEYS *', '*0\r\n', '*-1\r\n'],
  ['RANDOMKEY', bulk('a'), '+a\r\n'],
  ['SCRIPT EXISTS a', '*1\r\n:1\r\n', '*2\r\n:1\r\n:1\r\n'],
  ['SCRIPT EXISTS a', '*1\r\n:1\r\n', '*1\r\n$1\r\n1\r\n'],
  ['SCRIPT EXISTS a', ':1\r\n', ':1\r\n'],
  ['INFO', bulk('a:1\r\n'), '+OK\r\n'],
])('%s: replies of another form are none: %j %j', (command, ...replies) => {
  expect(mergeAll(command, ...replies)).toBeNull();
});
