import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectRaw, type RawClient } from '../src/raw-client.js';
import { type RedisServer, startRedis } from '../src/redis-server.js';
import { type Relay, startRelay } from '../src/relay.js';
import { type ScriptedNode, startScriptedNode } from '../src/scripted-node.js';

let redis: RedisServer;
let relay: Relay;
let client: RawClient;

beforeEach(async () => {
  redis = await startRedis();
  relay = await startRelay(redis.endpoint);
  client = await connectRaw(relay.endpoint, { strings: true });
});

afterEach(async () => {
  await client.close();
  await relay.stop();
  await redis.stop();
});

describe('Relay', () => {
  it('passes both directions on and counts', async () => {
    expect(await client.command('ECHO', 'x'.repeat(100_000))).toHaveLength(100_000);
    expect(relay).toMatchObject({
      connections: 1,
      openConnections: 1,
      bytesToServer: '*2\r\n$4\r\nECHO\r\n$100000\r\n\r\n'.length + 100_000,
      bytesToClient: '$100000\r\n\r\n'.length + 100_000,
    });
    await client.close();
    await expect.poll(() => relay.openConnections).toBe(0);
    expect(relay.bytesToClient).toBe('$100000\r\n\r\n'.length + 100_000);
  });

  it('passes the end of a connection on', async () => {
    expect(await client.command('QUIT')).toBe('OK');
    expect(await client.closed).toBeNull();
  });

  it('cuts by FIN and by RST, and accepts again', async () => {
    await client.command('PING');
    relay.cut('end');
    expect(await client.closed).toBeNull();

    const second = await connectRaw(relay.endpoint);
    await second.command('PING');
    relay.cut('reset');
    expect(await second.closed).toMatchObject({ code: 'ECONNRESET' });

    const third = await connectRaw(relay.endpoint, { strings: true });
    expect(await third.command('PING')).toBe('PONG');
    expect(relay.connections).toBe(3);
    await third.close();
  });

  it('swallows without closing, and resets what lost bytes at the end of it', async () => {
    await client.command('PING');
    const whole = await connectRaw(relay.endpoint, { strings: true });
    await whole.command('PING');
    relay.blackhole();
    const before = relay.bytesToServer;
    client.send('PING\r\n');
    await expect.poll(() => relay.bytesToServer).toBe(before + 6);
    expect(relay.openConnections).toBe(2);
    expect(client.unread).toHaveLength(0);

    await relay.resume();
    expect(await client.closed).toMatchObject({ code: 'ECONNRESET' });
    expect(await whole.command('PING')).toBe('PONG');
    await whole.close();
  });

  it('does not tell one side in the black hole that the other is gone', async () => {
    await client.command('PING');
    relay.blackhole();
    await redis.kill();
    client.send('PING\r\n');
    await expect.poll(() => relay.bytesToServer).toBeGreaterThan(0);
    expect(client.socket.readyState).toBe('open');
    await relay.resume();
    expect(await client.closed).toMatchObject({ code: 'ECONNRESET' });
  });

  it('delays each direction, in order', async () => {
    await client.command('PING');
    relay.delay(40);
    const start = performance.now();
    const first = client.command('ECHO', 'a');
    const second = client.command('ECHO', 'b');
    expect(await Promise.all([first, second])).toEqual(['a', 'b']);
    // There and back, in timers of whole milliseconds.
    expect(performance.now() - start).toBeGreaterThanOrEqual(78);
  });

  it('refuses new connections while the open ones go on', async () => {
    relay.refuse();
    await expect(connectRaw(relay.endpoint)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect(await client.command('PING')).toBe('PONG');

    await relay.resume();
    const other = await connectRaw(relay.endpoint, { strings: true });
    expect(await other.command('PING')).toBe('PONG');
    await other.close();
  });

  it('resets the client when the target refuses', async () => {
    await redis.kill();
    const refused = await connectRaw(relay.endpoint);
    expect(await refused.closed).toMatchObject({ code: 'ECONNRESET' });
  });
});

describe('a relay that chops', () => {
  let node: ScriptedNode;

  beforeEach(async () => {
    node = await startScriptedNode(async (peer) => {
      await peer.command();
      peer.send('$10\r\n0123456789\r\n');
    });
  });

  afterEach(() => node.stop());

  it('passes bytes on in pieces', async () => {
    const chopped = await startRelay(node.endpoint);
    chopped.chop(4);
    const impatient = await connectRaw(chopped.endpoint, { strings: true });
    const chunks: number[] = [];
    impatient.socket.on('data', (chunk) => chunks.push(chunk.length));
    expect(await impatient.command('GET', 'key')).toBe('0123456789');
    expect(chunks).toEqual([4, 4, 4, 4, 1]);
    impatient.socket.resetAndDestroy();
    await once(impatient.socket, 'close');
    await chopped.stop();
  });
});
