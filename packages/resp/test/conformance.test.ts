import { type CodecSamples, codecSuite, type SampleBroadcast } from '@shardmux/conformance';
import { ReplyClass } from '@shardmux/plugin-api';
import { describe, test } from 'vitest';
import { plugins } from '../src/index.js';

const { ok, error, notReady } = ReplyClass;
const large = 'x'.repeat(70_000);

const bulk = (text: string) => `$${Buffer.byteLength(text)}\r\n${text}\r\n`;
const verbatim = (text: string) => `=${Buffer.byteLength(text) + 4}\r\ntxt:${text}\r\n`;
const array = (...elements: string[]) => `*${elements.length}\r\n${elements.join('')}`;

function broadcast(name: string, args: string[], replies: string[], merged: string): SampleBroadcast {
  return {
    name,
    args,
    keys: [],
    replies: replies.map((text) => Buffer.from(text)),
    merged: Buffer.from(merged),
  };
}

const samples: CodecSamples = {
  commands: [
    array(bulk('GET'), bulk('key')),
    array(bulk('set'), bulk('key'), bulk('a\r\nb\0')),
    array(bulk('MSET'), bulk(''), bulk(''), bulk('é'), bulk(large)),
    array(bulk('EVAL'), bulk('return 1'), bulk('2'), bulk('a'), bulk('b'), bulk('c')),
    array(bulk('PING')),
    array(bulk('GET')),
    array(bulk('NOSUCH'), bulk('key')),
    array(bulk('QUIT')),
    'GET key\r\n',
    'set "a b" \'c\'\n',
  ].map((text) => Buffer.from(text)),
  malformedCommands: [
    '*x\r\n',
    '*1\r\n+GET\r\n',
    '*1\r\n$3\r\nGETx\r\n',
    '*1\r\n$-3\r\n',
    '*99999999999\r\n',
    'GET "key\r\n',
    'POST / HTTP/1.1\r\n',
  ].map((text) => Buffer.from(text)),
  calls: [
    { name: 'get', args: ['key'], keys: ['key'] },
    { name: 'SET', args: ['ключ', Buffer.from([0, 13, 10, 255])], keys: ['ключ'] },
    { name: 'set', args: ['', large], keys: [''] },
    { name: 'setex', args: ['key', 60, 0.1], keys: ['key'] },
    { name: 'zadd', args: ['key', -1e-7, '𝕏', 1e21, 'é'.repeat(40)], keys: ['key'] },
    { name: 'ping', args: [], keys: [] },
  ],
  splits: [
    {
      name: 'MGET',
      args: ['a', 'b', 'c'],
      keys: ['a', 'b', 'c'],
      reply: (keys) => Buffer.from(array(...keys.map((key) => (key === 'b' ? '_\r\n' : bulk(key))))),
    },
    {
      name: 'mget',
      args: ['a', 'b', '', 'd'],
      keys: ['a', 'b', '', 'd'],
      reply: (keys) =>
        Buffer.from(array(...keys.map((key) => (key === 'b' ? '$-1\r\n' : bulk(`of ${key}`))))),
    },
    {
      name: 'DEL',
      args: ['a', 'b', 'c'],
      keys: ['a', 'b', 'c'],
      reply: ({ length }) => Buffer.from(`:${7 * length}\r\n`),
    },
    { name: 'mset', args: ['a', '1', 'b', large], keys: ['a', 'b'], reply: () => Buffer.from('+OK\r\n') },
  ],
  broadcasts: [
    broadcast('dbsize', [], [':2\r\n', ':0\r\n', ':40\r\n'], ':42\r\n'),
    broadcast('FLUSHALL', ['async'], ['+OK\r\n', '+OK\r\n'], '+OK\r\n'),
    broadcast(
      'keys',
      ['*'],
      [array(bulk('a')), array(), array(bulk(large), bulk(''))],
      array(bulk('a'), bulk(large), bulk('')),
    ),
    broadcast('keys', ['*'], [`~1\r\n${bulk('a')}`, '~0\r\n'], `~1\r\n${bulk('a')}`),
    broadcast('randomkey', [], ['_\r\n', bulk('a')], bulk('a')),
  ],
  replies: [
    { bytes: Buffer.from('+OK\r\n'), replyClass: ok, value: 'OK' },
    {
      bytes: Buffer.from('+Background saving started\r\n'),
      replyClass: ok,
      value: 'Background saving started',
    },
    { bytes: Buffer.from('$-1\r\n'), replyClass: ok, value: null },
    { bytes: Buffer.from('*-1\r\n'), replyClass: ok, value: null },
    { bytes: Buffer.from(bulk('')), replyClass: ok, value: '' },
    { bytes: Buffer.from(bulk('é\r\n')), replyClass: ok, value: 'é\r\n' },
    { bytes: Buffer.from(bulk(large)), replyClass: ok, value: large },
    { bytes: Buffer.from(':-9007199254740991\r\n'), replyClass: ok, value: -9007199254740991 },
    { bytes: Buffer.from('*0\r\n'), replyClass: ok, value: [] },
    {
      bytes: Buffer.from(array(bulk('a'), ':1\r\n', array(array('+b\r\n'), '$-1\r\n'))),
      replyClass: ok,
      value: ['a', 1, [['b'], null]],
    },
    { bytes: Buffer.from('_\r\n'), replyClass: ok, value: null },
    { bytes: Buffer.from('#t\r\n'), replyClass: ok, value: true },
    { bytes: Buffer.from(',-1.5e-7\r\n'), replyClass: ok, value: -1.5e-7 },
    { bytes: Buffer.from(',inf\r\n'), replyClass: ok, value: Number.POSITIVE_INFINITY },
    { bytes: Buffer.from('(-12345678901234567890\r\n'), replyClass: ok, value: -12345678901234567890n },
    { bytes: Buffer.from(verbatim(large)), replyClass: ok, value: large },
    { bytes: Buffer.from(`~2\r\n${bulk('a')}:1\r\n`), replyClass: ok, value: ['a', 1] },
    {
      bytes: Buffer.from(`%2\r\n${bulk('a')}%1\r\n:1\r\n_\r\n+b\r\n,2\r\n`),
      replyClass: ok,
      value: { a: { 1: null }, b: 2 },
    },
    { bytes: Buffer.from('|1\r\n+ttl\r\n:3\r\n+OK\r\n'), replyClass: ok, value: 'OK' },
    { bytes: Buffer.from('!8\r\nERR a\r\nb\r\n'), replyClass: error },
    { bytes: Buffer.from('|1\r\n+a\r\n+b\r\n-ERR no\r\n'), replyClass: error },
    { bytes: Buffer.from('!15\r\nLOADING dataset\r\n'), replyClass: notReady },
    { bytes: Buffer.from('-WRONGTYPE Operation against a key\r\n'), replyClass: error },
    { bytes: Buffer.from(`-ERR ${'long '.repeat(400)}\r\n`), replyClass: error },
    { bytes: Buffer.from('-LOADING Redis is loading the dataset in memory\r\n'), replyClass: notReady },
  ],
  pushes: [
    '>1\r\n+a\r\n',
    `>3\r\n${bulk('message')}${bulk('channel')}${bulk(large)}`,
    `>2\r\n${bulk('invalidate')}_\r\n`,
    `|1\r\n+a\r\n-ERR b\r\n>2\r\n${bulk('a')}-ERR within\r\n`,
  ].map((text) => Buffer.from(text)),
  malformedReplies: [
    '_x\r\n',
    '#1\r\n',
    ',1.\r\n',
    '=3\r\ntxt\r\n',
    '%-1\r\n',
    '*1\r\n>1\r\n+a\r\n',
    'GET\r\n',
    '$x\r\n',
    '$1\r\nabc\r\n',
    ':\r\n',
    '+OK\n',
    '*2\r\n:1\r\n?\r\n',
    ':1x\r\n',
  ].map((text) => Buffer.from(text)),
};

describe.each(plugins)('$name', ({ create }) => {
  for (const { promise, check } of codecSuite(() => create(undefined), samples)) test(promise, check);
});
