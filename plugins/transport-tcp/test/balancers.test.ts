import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect as netConnect, type Socket } from 'node:net';
import { join } from 'node:path';
import { connect as tlsConnect } from 'node:tls';
import type { Channel, Endpoint, Listener, Transport } from '@shardmux/plugin-api';
import { CertificateAuthority, TemporaryFolder } from '@shardmux/testing';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createTlsTransport, tcpTransport } from '../src/index.js';
import { listenTcp } from '../src/tcp-listener.js';
import { LOCAL, PROXY, proxyHeader, TCP4, TCP6, tcp4, tcp6, UNSPECIFIED } from './proxy-headers.js';
import { Recorder } from './recorder.js';

const readRegion = { bytes: Buffer.alloc(65_536), start: 0, end: 65_536 };
const LISTEN = { readRegion, backlog: 16, keepAlive: 0, noDelay: true };
const LOOPBACK: Endpoint = { kind: 'tcp', host: '127.0.0.1', port: 0 };
const HEADER = proxyHeader(PROXY, TCP4, tcp4('203.0.113.7', 4711));

const authority = new CertificateAuthority();
const files = authority.issue(['127.0.0.1']);
const folder = new TemporaryFolder();
const stops: (() => unknown)[] = [];
let accepted: { channel: Channel; events: Recorder }[];
let refused: [remote: string, reason: string][];

beforeEach(() => {
  accepted = [];
  refused = [];
});

afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

afterAll(() => {
  authority.remove();
  folder.remove();
});

interface Setting {
  readonly trusted?: readonly string[];
  readonly endpoint?: Endpoint;
  /** Whether channels are paused as soon as they are accepted. */
  readonly pauses?: boolean;
}

/** Echoes what clients send. */
async function listen(
  by: Transport['listen'],
  { trusted = ['127.0.0.1'], endpoint = LOOPBACK, pauses = false }: Setting = {},
): Promise<Listener> {
  const options = {
    ...LISTEN,
    proxyProtocol: { trusted },
    refused: (...told: [string, string]) => refused.push(told),
  };
  const listener = await by(endpoint, options, (channel) => {
    const events = new Recorder();
    const record = events.received.bind(events);
    events.received = (bytes, start, end) => {
      record(bytes, start, end);
      channel.write(Buffer.from(bytes.subarray(start, end)), 0, end - start);
    };
    accepted.push({ channel, events });
    stops.push(() => channel.destroy());
    if (pauses) channel.pause();
    return events;
  });
  stops.push(() => listener.close());
  return listener;
}

async function connect({ endpoint }: Listener): Promise<Socket> {
  const socket = netConnect(endpoint.kind === 'unix' ? { path: endpoint.path } : endpoint);
  stops.push(() => socket.destroy());
  socket.setNoDelay(true);
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

/** All that comes until there is so much of it. */
async function read(socket: Socket, length: number): Promise<string> {
  const chunks: Buffer[] = [];
  while (Buffer.concat(chunks).length < length) chunks.push((await once(socket, 'data'))[0]);
  return String(Buffer.concat(chunks));
}

/** Lets the other side take what was sent before more is sent. */
const turn = () => new Promise((resolve) => setTimeout(resolve, 2));

const gone = (socket: Socket) => {
  socket.resume();
  return new Promise((resolve) => socket.once('close', resolve));
};

describe.each<[how: string, by: Transport['listen']]>([
  ['into the region', (...args) => tcpTransport.listen(...args)],
  ['as a stream', (...args) => listenTcp(...args, (socket) => ({ socket, usesOnread: false }))],
])('a plain connection, read %s', (_, by) => {
  test('is the client whom its header names, whatever bytes come together', async () => {
    const listener = await listen(by);
    const sent = Buffer.concat([HEADER, Buffer.from('word')]);
    for (let split = 0; split <= sent.length; split++) {
      const socket = await connect(listener);
      socket.write(sent.subarray(0, split));
      await turn();
      socket.write(sent.subarray(split));
      expect(await read(socket, 4)).toBe('word');
      socket.write('again');
      expect(await read(socket, 5)).toBe('again');
      expect(accepted[split].channel.remote).toBe('203.0.113.7:4711');
      socket.destroy();
    }
    expect(refused).toEqual([]);
  });

  test('may send its header byte by byte', async () => {
    const listener = await listen(by);
    const socket = await connect(listener);
    for (const byte of HEADER) {
      expect(accepted).toEqual([]);
      socket.write(Buffer.of(byte));
      await turn();
    }
    await vi.waitUntil(() => accepted.length === 1);
    socket.write('word');
    expect(await read(socket, 4)).toBe('word');
  });

  test('that is paused when it is accepted receives nothing until it is resumed, and then all in order', async () => {
    const listener = await listen(by, { pauses: true });
    const socket = await connect(listener);
    socket.write(Buffer.concat([HEADER, Buffer.from('one ')]));
    await vi.waitUntil(() => accepted.length === 1);
    const [{ channel, events }] = accepted;
    socket.write('two ');
    await turn();
    expect(events.events).toEqual([]);
    channel.resume();
    channel.pause();
    await turn();
    expect(events.events).toEqual([]);
    channel.resume();
    socket.end('three');
    await events.happened('ended');
    expect(String(events.text)).toBe('one two three');
  });

  test('may end right behind its header', async () => {
    const listener = await listen(by);
    const socket = await connect(listener);
    socket.end(Buffer.concat([HEADER, Buffer.from('word')]));
    await vi.waitUntil(() => accepted.length === 1);
    await accepted[0].events.happened('ended');
    expect(String(accepted[0].events.text)).toBe('word');
  });

  test('that sends something else is refused alone', async () => {
    const listener = await listen(by);
    const other = await connect(listener);
    other.write(HEADER);
    const socket = await connect(listener);
    socket.write('*1\r\n$4\r\nPING\r\n');
    await gone(socket);
    expect(refused).toEqual([
      [
        expect.stringMatching(/^127\.0\.0\.1:\d+$/),
        'no PROXY protocol header: it does not begin with a header of version 2',
      ],
    ]);
    other.write('word');
    expect(await read(other, 4)).toBe('word');
    expect(accepted).toHaveLength(1);
  });

  test('that ends within its header is nobody', async () => {
    const listener = await listen(by);
    const socket = await connect(listener);
    socket.end(HEADER.subarray(0, 20));
    await gone(socket);
    expect([accepted, refused]).toEqual([[], []]);
  });

  test('that brings no header is refused after a while', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    stops.push(() => vi.useRealTimers());
    const listener = await listen(by);
    const socket = await connect(listener);
    // Another one that comes in after it shows that the listener has it.
    const other = await connect(listener);
    other.write(HEADER);
    while (accepted.length === 0) await new Promise((resolve) => setImmediate(resolve));
    vi.advanceTimersByTime(10_000);
    await gone(socket);
    expect(refused.map(([, reason]) => reason)).toEqual([
      'no PROXY protocol header: none came within 10000 ms',
    ]);
    other.write('word');
    expect(await read(other, 4)).toBe('word');
  });

  test('whose listener has closed by the end of its header is not accepted', async () => {
    const listener = await listen(by);
    const socket = await connect(listener);
    socket.write(HEADER.subarray(0, 20));
    // Another one that comes in after it shows that the listener has it.
    const other = await connect(listener);
    other.write(HEADER);
    await vi.waitUntil(() => accepted.length === 1);
    await listener.close();
    socket.write(HEADER.subarray(20));
    await gone(socket);
    expect(accepted).toHaveLength(1);
  });
});

test.each<[what: string, header: Buffer, remote: RegExp]>([
  [
    'a client of IPv6',
    proxyHeader(PROXY, TCP6, tcp6([0x2001, 0xdb8, 0, 0, 0, 0, 0, 1], 9)),
    /^2001:db8::1:9$/,
  ],
  ['the balancer itself', proxyHeader(LOCAL, UNSPECIFIED), /^127\.0\.0\.1:\d+$/],
  ['nobody', proxyHeader(PROXY, UNSPECIFIED, Buffer.alloc(3)), /^127\.0\.0\.1:\d+$/],
])('the other side is %s', async (_what, header, remote) => {
  const socket = await connect(await listen(tcpTransport.listen));
  socket.write(header);
  await vi.waitUntil(() => accepted.length === 1);
  expect(accepted[0].channel.remote).toMatch(remote);
});

test.each([
  ['of the network', ['10.0.0.0/8', '127.0.0.0/8'], true],
  ['of the other family', ['::1'], false],
  ['elsewhere', ['127.0.0.2', '10.0.0.0/8', '2001:db8::/32'], false],
])('who is %s of the trusted', async (_, trusted, isTrusted) => {
  const listener = await listen(tcpTransport.listen, { trusted });
  const socket = await connect(listener);
  if (isTrusted) {
    socket.write(HEADER);
    await vi.waitUntil(() => accepted.length === 1);
    return;
  }
  // At once, before it has sent anything.
  await gone(socket);
  expect(accepted).toEqual([]);
  expect(refused).toEqual([
    [expect.stringMatching(/^127\.0\.0\.1:\d+$/), expect.stringMatching(/^it is not one of the balancers/)],
  ]);
});

test('an IPv4 balancer is known on a listener for both families', async () => {
  const dual: Endpoint = { kind: 'tcp', host: '::', port: 0 };
  const { endpoint } = await listen(tcpTransport.listen, { endpoint: dual });
  const { port } = endpoint as { port: number };
  const socket = await connect({ endpoint: { kind: 'tcp', host: '127.0.0.1', port } } as Listener);
  socket.write(HEADER);
  await vi.waitUntil(() => accepted.length === 1);
});

test('whom the mode of a unix socket lets in is trusted', async () => {
  const endpoint: Endpoint = { kind: 'unix', path: join(folder.path, 'sock') };
  const socket = await connect(await listen(tcpTransport.listen, { endpoint }));
  socket.write(Buffer.concat([HEADER, Buffer.from('word')]));
  expect(await read(socket, 4)).toBe('word');
  expect(accepted[0].channel.remote).toBe('203.0.113.7:4711');
});

describe('with TLS behind the header', () => {
  const secure = createTlsTransport({ clients: files });

  /** A client behind a balancer that sends so much of its header with the first bytes of the handshake. */
  async function connectSecure(listener: Listener, apart: boolean): Promise<Socket> {
    const socket = await connect(listener);
    socket.write(HEADER);
    if (apart) await turn();
    const ca = readFileSync(authority.cert);
    const client = tlsConnect({ socket, ca, host: '127.0.0.1' });
    stops.push(() => client.destroy());
    client.on('error', () => {});
    await once(client, 'secureConnect');
    return client;
  }

  test.each([true, false])('the client is whom the header names (bytes apart: %s)', async (apart) => {
    const client = await connectSecure(await listen(secure.listen), apart);
    client.write('word');
    expect(await read(client, 4)).toBe('word');
    expect(accepted[0].channel.remote).toBe('203.0.113.7:4711');
  });

  test('so it is on a unix socket', async () => {
    const endpoint: Endpoint = { kind: 'unix', path: join(folder.path, 'secure') };
    const client = await connectSecure(await listen(secure.listen, { endpoint }), false);
    client.write('word');
    expect(await read(client, 4)).toBe('word');
    expect(accepted[0].channel.remote).toBe('203.0.113.7:4711');
  });

  test('a header and a handshake in one write, and split anywhere', async () => {
    const listener = await listen(secure.listen);
    // The first bytes of a handshake, out of a connection that goes nowhere.
    const { endpoint } = await listen(tcpTransport.listen, { pauses: true });
    const probe = await connect({ endpoint } as Listener);
    probe.write(HEADER);
    tlsConnect({ socket: probe, host: '127.0.0.1' }).on('error', () => {});
    await vi.waitUntil(() => accepted.length === 1);
    const [{ channel, events }] = accepted;
    channel.resume();
    await vi.waitUntil(() => events.length > 100);
    const sent = Buffer.concat([HEADER, events.text]);
    for (let split = 0; split < HEADER.length + 8; split++) {
      const socket = await connect(listener);
      socket.write(sent.subarray(0, split));
      await turn();
      socket.write(sent.subarray(split));
      // The server's first record is that of a handshake.
      expect((await once(socket, 'data'))[0][0]).toBe(22);
      socket.destroy();
    }
  });

  test('a handshake that fails is told with the client it was named', async () => {
    const listener = await listen(secure.listen);
    const socket = await connect(listener);
    socket.write(Buffer.concat([HEADER, Buffer.from('*1\r\n$4\r\nPING\r\n')]));
    await gone(socket);
    expect(refused).toEqual([['203.0.113.7:4711', expect.stringMatching(/^TLS failed/)]]);
  });

  test('a handshake without a header is refused', async () => {
    const listener = await listen(secure.listen);
    const socket = await connect(listener);
    tlsConnect({ socket }).on('error', () => {});
    await gone(socket);
    expect(refused).toHaveLength(1);
    expect(refused[0][1]).toMatch(/^no PROXY protocol header/);
  });
});
