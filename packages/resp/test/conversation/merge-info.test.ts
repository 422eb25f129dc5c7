import { expect, it } from 'vitest';
import { infoOf } from '../../src/conversation/servers/merge-info.js';

const bulk = (body: string) => `$${body.length}\r\n${body}\r\n`;
const verbatim = (body: string) => `=${body.length + 4}\r\ntxt:${body}\r\n`;

function infoOfAll(...replies: string[]): string {
  return Buffer.from(infoOf(replies, '')).toString('latin1');
}

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
  expect(infoOfAll(bulk(one.join('\r\n')), bulk(other.join('\r\n')))).toBe(bulk(merged.join('\r\n')));
  expect(infoOfAll(bulk(''), bulk(''))).toBe(bulk(''));
});

it('INFO is a verbatim text in RESP3', () => {
  const parts = ['# Stats\r\nexpired_keys:9\r\n', '# Stats\r\nexpired_keys:3\r\n'];
  const merged = '# Stats\r\nexpired_keys:12\r\n';
  expect(infoOfAll(...parts.map(verbatim))).toBe(verbatim(merged));
  expect(infoOfAll(bulk(parts[0]), verbatim(parts[1]))).toBe(verbatim(merged));
  expect(infoOfAll(verbatim(''), verbatim(''))).toBe(verbatim(''));
});

it('a section of our own stands behind the others', () => {
  const own = '# Own\r\na:1\r\n';
  expect(Buffer.from(infoOf([bulk('# Stats\r\nb:1\r\n')], own)).toString()).toBe(
    bulk(`# Stats\r\nb:1\r\n\r\n${own}`),
  );
  expect(Buffer.from(infoOf([bulk('')], own)).toString()).toBe(bulk(own));
});

it.each([[[bulk('a:1\r\n'), '+OK\r\n']], [[verbatim('a:1\r\n'), '_\r\n']]])(
  'replies that are no text are none: %j',
  (replies) => {
    expect(() => infoOf(replies, '')).toThrow(expect.objectContaining({ failure: 'garbage' }));
  },
);
