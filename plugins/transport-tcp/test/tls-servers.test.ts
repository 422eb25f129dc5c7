import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:tls';
import type { Channel, Endpoint } from '@shardmux/plugin-api';
import {
  CertificateAuthority,
  type CertificateFiles,
  encodeCommand,
  freePort,
  type RedisOptions,
  type RedisServer,
  startRedis,
  startScriptedNode,
} from '@shardmux/testing';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { createTlsTransport, type TlsToServers } from '../src/index.js';
import { Recorder } from './recorder.js';

const readRegion = { bytes: Buffer.alloc(65_536), start: 0, end: 65_536 };
const CONNECT = { readRegion, connectTimeout: 2_000, keepAlive: 30_000, noDelay: true };

const authority = new CertificateAuthority();
const stranger = new CertificateAuthority();
const trusted = authority.issue(['localhost', '127.0.0.1']);
const ours = authority.issue();
const stops: (() => unknown)[] = [];
const channels: Channel[] = [];

afterEach(async () => {
  for (const channel of channels.splice(0)) channel.destroy();
  for (const stop of stops.splice(0)) await stop();
});

afterAll(() => {
  authority.remove();
  stranger.remove();
});

async function startTls(
  files: CertificateFiles = trusted,
  clientCertificates = false,
  options: RedisOptions = {},
): Promise<RedisServer> {
  const port = await freePort();
  const tls = { port, ca: authority.cert, cert: files.cert, key: files.key, clientCertificates };
  const redis = await startRedis({ ...options, tls });
  stops.push(() => redis.stop());
  return redis;
}

function connect(endpoint: Endpoint | null, servers: TlsToServers, timeout = CONNECT.connectTimeout) {
  const events = new Recorder();
  const transport = createTlsTransport({ servers });
  const channel = transport.connect(endpoint!, { ...CONNECT, connectTimeout: timeout }, events);
  channels.push(channel);
  return { events, channel };
}

const trust: TlsToServers = { ca: authority.cert };

describe('a server that is trusted', () => {
  test('answers', async () => {
    const redis = await startTls();
    const { events, channel } = connect(redis.tlsEndpoint, trust);
    await events.happened('opened');
    expect(channel.write(encodeCommand(['PING']), 0, 14)).toBe(true);
    await events.until(() => events.text.toString() === '+PONG\r\n');
    channel.destroy();
    await events.happened('closed');
    expect(events.error).toBeNull();
  });

  test('keeps and returns 16 MB as they were when they were written', async () => {
    const redis = await startTls();
    const { events, channel } = connect(redis.tlsEndpoint, trust);
    await events.happened('opened');
    const value = randomBytes(1 << 24);
    const request = encodeCommand(['SET', 'large', value]);
    const lent: Buffer[] = [];
    events.onDrained = () => {
      for (const range of lent.splice(0)) range.fill('!');
    };
    // Pieces of all sizes, each in a buffer that is spoiled as soon as it is given back.
    let length = 1;
    for (let at = 0; at < request.length; at += length) {
      length = Math.min((length * 7) % 100_003, request.length - at);
      const range = Buffer.from(request.subarray(at, at + length));
      if (channel.write(range, 0, length)) range.fill('!');
      else lent.push(range);
      if (at % 5 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await events.until(() => events.text.toString() === '+OK\r\n');
    expect(lent).toEqual([]);
    events.chunks.length = 0;
    channel.write(encodeCommand(['GET', 'large']), 0, encodeCommand(['GET', 'large']).length);
    const header = `$${value.length}\r\n`;
    await events.until(() => events.length === 5 + header.length + value.length + 2);
    expect(events.text.equals(Buffer.concat([Buffer.from(header), value, Buffer.from('\r\n')]))).toBe(true);
  });

  test('that wants a certificate gets it', async () => {
    const redis = await startTls(trusted, true);
    const { events, channel } = connect(redis.tlsEndpoint, { ...trust, ...ours });
    await events.happened('opened');
    channel.write(encodeCommand(['PING']), 0, 14);
    await events.until(() => events.text.toString() === '+PONG\r\n');
  });

  test('that wants a certificate and gets none closes, and the cause says what to do', async () => {
    const redis = await startTls(trusted, true);
    const { events } = connect(redis.tlsEndpoint, trust);
    await events.happened('closed');
    expect(events.error).toMatchObject({
      code: 'SHARDMUX_TLS_FAILED',
      message: expect.stringMatching(/certificate required; .* tls\.servers\.cert and key/),
    });
  });

  test('that speaks older versions only is refused', async () => {
    const redis = await startTls(trusted, false, { args: ['--tls-protocols', 'TLSv1.2'] });
    const { events } = connect(redis.tlsEndpoint, { ...trust, minVersion: 'TLSv1.3' });
    await events.happened('closed');
    expect(events.error).toMatchObject({
      code: 'SHARDMUX_TLS_FAILED',
      message: expect.stringContaining('no version of TLS in common'),
    });
  });
});

describe('a server that is not trusted is never told to be open, and the cause says what to do', () => {
  const elsewhere = { ...trust, servername: 'elsewhere.example' };
  test.each<[what: string, files: CertificateFiles, servers: TlsToServers, text: RegExp]>([
    ['another authority', stranger.issue(['127.0.0.1']), trust, /unable to verify .*tls\.servers\.ca/],
    ['no authority but itself', stranger, trust, /self[- ]signed certificate; .*tls\.servers\.ca/],
    ['a date gone by', authority.issue(['127.0.0.1'], -1), trust, /expired; renew it/],
    ['another name', trusted, elsewhere, /elsewhere\.example.*tls\.servers\.servername/],
  ])('%s', async (_what, files, servers, text) => {
    const redis = await startTls(files);
    const { events } = connect(redis.tlsEndpoint, servers);
    await events.happened('closed');
    expect(events.events).toEqual(['closed']);
    expect(events.error).toMatchObject({
      name: 'TlsError',
      code: 'SHARDMUX_TLS_CERTIFICATE',
      message: expect.stringMatching(text),
    });
  });

  test('unless that was asked for', async () => {
    const redis = await startTls(stranger);
    const { events } = connect(redis.tlsEndpoint, { rejectUnauthorized: false });
    await events.happened('opened');
  });
});

describe('a server that does not speak TLS', () => {
  test('and says nothing runs into the timeout', async () => {
    const node = await startScriptedNode(() => {});
    stops.push(() => node.stop());
    const { events } = connect(node.endpoint, trust, 100);
    await events.happened('closed');
    expect(events.events).toEqual(['closed']);
    expect(events.error).toMatchObject({ code: 'ETIMEDOUT' });
  });

  test('and answers is told apart', async () => {
    const node = await startScriptedNode((peer) => peer.send('-ERR Protocol error\r\n'));
    stops.push(() => node.stop());
    const { events } = connect(node.endpoint, trust);
    await events.happened('closed');
    expect(events.error).toMatchObject({
      code: 'SHARDMUX_TLS_FAILED',
      message: expect.stringContaining('does not speak TLS'),
    });
  });

  test('is never open, be it a Redis', async () => {
    const redis = await startTls();
    const { events } = connect(redis.endpoint, trust, 200);
    await events.happened('closed');
    expect(events.events).toEqual(['closed']);
    expect(events.error).not.toBeNull();
  });
});

describe('a server learns', () => {
  /** Listens on the loopback addresses, and tells what each handshake asked for. */
  async function startNodeServer() {
    const seen: { name: string | false | null; resumed: boolean }[] = [];
    const files = { cert: readFileSync(trusted.cert), key: readFileSync(trusted.key) };
    const server = createServer(files, (socket) => {
      seen.push({ name: socket.servername, resumed: socket.isSessionReused() });
      socket.on('error', () => {});
      socket.on('data', (chunk) => socket.write(chunk));
    });
    await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
    stops.push(() => server.close());
    const { port } = server.address() as AddressInfo;
    return { seen, at: (host: string): Endpoint => ({ kind: 'tcp', host, port }) };
  }

  test('the name that it was looked up by, or that was set, and no address', async () => {
    const { seen, at } = await startNodeServer();
    const named = { ...trust, servername: 'localhost' };
    for (const [host, servers] of [
      ['localhost', trust],
      ['127.0.0.1', trust],
      ['127.0.0.1', named],
    ] as const) {
      const { channel, events } = connect(at(host), servers);
      await events.happened('opened');
      channel.write(Buffer.from('?'), 0, 1);
      await events.happened('received');
    }
    // The server's side of a handshake may end after the client's.
    await vi.waitUntil(() => seen.length === 3);
    expect(seen.map(({ name }) => name || null)).toEqual(['localhost', null, 'localhost']);
  });

  test('the session of the last connection, which it resumes', async () => {
    const { seen, at } = await startNodeServer();
    const transport = createTlsTransport({ servers: trust });
    for (let i = 0; i < 3; i++) {
      const events = new Recorder();
      const channel = transport.connect(at('127.0.0.1'), CONNECT, events);
      channels.push(channel);
      await events.happened('opened');
      // The server gives its session away before it answers.
      channel.write(Buffer.from('?'), 0, 1);
      await events.happened('received');
    }
    expect(seen.map(({ resumed }) => resumed)).toEqual([false, true, true]);
  });
});
