import { FRAME_INCOMPLETE, ReplyClass } from '@shardmux/plugin-api';
import { connectRaw, startRedis } from '@shardmux/testing';
import { describe, expect, it } from 'vitest';
import { respCodec } from '../src/codec.js';

const NOBODY = { username: null, password: null, database: 0, name: null };

/** The classes of the replies in these bytes, all of which must be whole. */
function classesOf(bytes: Uint8Array): ReplyClass[] {
  const framer = respCodec.createFramer();
  const classes: ReplyClass[] = [];
  for (let at = 0; at < bytes.length; ) {
    at = framer.frame(bytes, at, bytes.length);
    expect(at).toBeGreaterThan(FRAME_INCOMPLETE);
    classes.push(framer.replyClass);
  }
  return classes;
}

describe('the handshake', () => {
  it('is not needed without a password in the first database', () => {
    expect(respCodec.handshake({ ...NOBODY, password: null })).toBeNull();
  });

  it('opens a real server, in the database that was asked for', async () => {
    const server = await startRedis({ password: 'pässword' });
    try {
      const handshake = respCodec.handshake({ ...NOBODY, password: 'pässword', database: 3 });
      const client = await connectRaw(server.endpoint, { strings: true });
      client.send(handshake!.request);
      for (let i = 0; i < handshake!.replies; i++)
        expect(classesOf(await client.readRaw())).toEqual([ReplyClass.ok]);
      expect(await client.command('CLIENT', 'INFO')).toContain(' db=3 ');
      client.send(respCodec.probe);
      expect(classesOf(await client.readRaw())).toEqual([ReplyClass.ok]);
      await client.close();
    } finally {
      await server.stop();
    }
  });

  it('is taken by a replica of a Redis Cluster, and by a server that is in none', async () => {
    for (const cluster of [true, false]) {
      const server = await startRedis({ cluster });
      try {
        const { request, replies, optional } = respCodec.handshake({ ...NOBODY, replica: true })!;
        expect([replies, optional]).toEqual([1, 1]);
        const client = await connectRaw(server.endpoint, { strings: true });
        client.send(request);
        expect(classesOf(await client.readRaw())).toEqual([cluster ? ReplyClass.ok : ReplyClass.error]);
        expect(await client.command('CLIENT', 'INFO')).toContain(cluster ? ' flags=r ' : ' flags=N ');
        await client.close();
      } finally {
        await server.stop();
      }
    }
  });

  describe('of a user', () => {
    const acl = [
      '--user',
      'app',
      'on',
      '>secret',
      '+@all',
      '-client|setname',
      '--user',
      'guest',
      'on',
      'nopass',
      '+@all',
    ];

    it.each([
      ['app', 'secret', ReplyClass.error],
      ['guest', null, ReplyClass.ok],
    ])(
      '%s is whom the server takes it for, named where that is allowed',
      async (username, password, named) => {
        const server = await startRedis({ args: acl });
        try {
          const { request, replies, optional } = respCodec.handshake({
            username,
            password,
            database: 2,
            name: 'my-app',
          })!;
          expect([replies, optional]).toEqual([3, 1]);
          const client = await connectRaw(server.endpoint, { strings: true });
          client.send(request);
          const classes = [await client.readRaw(), await client.readRaw(), await client.readRaw()].flatMap(
            classesOf,
          );
          expect(classes).toEqual([ReplyClass.ok, ReplyClass.ok, named]);
          const info = await client.command('CLIENT', 'INFO');
          expect(info).toContain(` user=${username} `);
          expect(info).toContain(' db=2 ');
          expect(info).toContain(named === ReplyClass.ok ? ' name=my-app ' : ' name= ');
          await client.close();
        } finally {
          await server.stop();
        }
      },
    );
  });

  it('has an error for a reply when the password is wrong', async () => {
    const server = await startRedis({ password: 'right' });
    try {
      const client = await connectRaw(server.endpoint);
      client.send(respCodec.handshake({ ...NOBODY, password: 'wrong' })!.request);
      expect(classesOf(await client.readRaw())).toEqual([ReplyClass.error]);
      await client.close();
    } finally {
      await server.stop();
    }
  });
});

describe('failure replies', () => {
  it.each([
    ['refused', '-ERR Connection refused\r\n'],
    ['timeout', '-ERR Connection timed out\r\n'],
    ['closed', '-ERR unknown (server closed the connection, the outcome is unknown)\r\n'],
    ['unresolved', '-ERR Host is down\r\n'],
    ['garbage', '-ERR Invalid argument (malformed reply from server)\r\n'],
    ['crossSlot', "-CROSSSLOT Keys in request don't hash to the same slot\r\n"],
    ['maxClients', '-ERR max number of clients reached\r\n'],
  ] as const)('for %s is one error', (failure, reply) => {
    expect(Buffer.from(respCodec.failureReply(failure)).toString()).toBe(reply);
    expect(classesOf(respCodec.failureReply(failure))).toEqual([ReplyClass.error]);
  });
});
