import { describe, test } from 'node:test';
import { codecSuite } from '@shardmux/conformance';
import { ReplyClass } from '@shardmux/plugin-api';
import { plugins } from 'shardmux-plugin-codec-my-thing';

const bytes = (text) => Buffer.from(text);

/** What is right in the protocol, and what is not: only its author knows. The more there is of it, the more it proves. */
const samples = {
  commands: ['*2\r\n$3\r\nGET\r\n$3\r\nkey\r\n', '*1\r\n$4\r\nPING\r\n', 'GET key\r\n'].map(bytes),
  malformedCommands: ['*x\r\n', '*1\r\n$-3\r\n'].map(bytes),
  calls: [
    { name: 'get', args: ['key'], keys: ['key'] },
    { name: 'setex', args: ['key', 60, Buffer.from([0, 255])], keys: ['key'] },
    { name: 'ping', args: [], keys: [] },
  ],
  splits: [
    {
      name: 'mget',
      args: ['a', 'b', 'c'],
      keys: ['a', 'b', 'c'],
      reply: (keys) => bytes(`*${keys.length}\r\n${keys.map((key) => `$1\r\n${key}\r\n`).join('')}`),
    },
    { name: 'del', args: ['a', 'b'], keys: ['a', 'b'], reply: (keys) => bytes(`:${keys.length}\r\n`) },
  ],
  replies: [
    { bytes: bytes('+OK\r\n'), replyClass: ReplyClass.ok, value: 'OK' },
    { bytes: bytes(':7\r\n'), replyClass: ReplyClass.ok, value: 7 },
    { bytes: bytes('*2\r\n$1\r\na\r\n$-1\r\n'), replyClass: ReplyClass.ok, value: ['a', null] },
    { bytes: bytes('-WRONGTYPE no list\r\n'), replyClass: ReplyClass.error },
    { bytes: bytes('-LOADING the data set\r\n'), replyClass: ReplyClass.notReady },
  ],
  malformedReplies: ['GET\r\n', '$x\r\n'].map(bytes),
};

for (const plugin of plugins) {
  describe(plugin.name, () => {
    for (const { promise, check } of codecSuite(() => plugin.create(undefined), samples))
      test(promise, check);
  });
}
