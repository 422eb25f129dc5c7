import { EventEmitter, once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { createServer as createTlsServer, connect as tlsConnect } from 'node:tls';
import type { Channel, Endpoint } from '@shardmux/plugin-api';
import { CertificateAuthority } from '@shardmux/testing';
import type { RedisOptions } from 'ioredis';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createIoredisTransport, type IoredisOptions, type LinkConnector } from '../src/index.js';
import { OwnConnector } from './own-connector.js';
import { Recorder } from './recorder.js';

const readRegion = { bytes: Buffer.alloc(65_536), start: 0, end: 65_536 };
const POOL = { readRegion, connectTimeout: 5_000, keepAlive: 0, noDelay: true };
const NOWHERE: Endpoint = { kind: 'tcp', host: 'nowhere.example', port: 1 };

const channels: Channel[] = [];
const ends: (() => unknown)[] = [];

afterEach(async () => {
  for (const channel of channels.splice(0)) channel.destroy();
  for (const end of ends.splice(0)) await end();
});

/** Accepts on a free port, and gives it. */
async function listening(server: Server): Promise<number> {
  ends.push(() => server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

function greet(socket: Socket): void {
  ends.push(() => socket.destroy());
  socket.on('error', () => {});
  socket.write('hello');
}

function open(options: IoredisOptions, endpoint = NOWHERE, pool: Partial<typeof POOL> = {}) {
  const events = new Recorder();
  const channel = createIoredisTransport(options).connect(endpoint, { ...POOL, ...pool }, events);
  expect(events.events).toEqual([]);
  channels.push(channel);
  return { channel, events };
}

/** A connector that does one thing, and counts how often it was told that all is over. */
function connectorOf(connecting: LinkConnector['connect'], disconnect: () => void = () => {}) {
  const disconnected = vi.fn(disconnect);
  class Connector implements LinkConnector {
    connect = connecting;
    disconnect = disconnected;
  }
  return { Connector, disconnected };
}

const coded = Object.assign(new Error('no such host'), { code: 'ENOTFOUND' });

describe('a connector that fails is a connection that fails', () => {
  test.each<[string, LinkConnector['connect'], object]>([
    [
      'rejects',
      () => Promise.reject(new Error('out of luck')),
      { code: 'SHARDMUX_CONNECTOR_FAILED', message: 'the connector failed: out of luck' },
    ],
    [
      'rejects with text',
      () => Promise.reject('no'),
      { code: 'SHARDMUX_CONNECTOR_FAILED', message: 'the connector failed: no' },
    ],
    ['rejects with a code', () => Promise.reject(coded), coded],
    [
      'throws',
      () => {
        throw new Error('at once');
      },
      { code: 'SHARDMUX_CONNECTOR_FAILED', message: 'the connector failed: at once' },
    ],
    [
      'gives what is no socket',
      async () => Object(new PassThrough()),
      { code: 'SHARDMUX_CONNECTOR_FAILED', message: expect.stringContaining('node:net') },
    ],
  ])('that %s', async (_, connecting, error) => {
    const { Connector, disconnected } = connectorOf(connecting);
    const { events } = open({ Connector });
    await events.happened('closed');
    expect(events.events).toEqual(['closed']);
    expect(events.error).toMatchObject(error);
    expect(disconnected).toHaveBeenCalledTimes(1);
  });

  test('that cannot be made', async () => {
    class Connector extends OwnConnector {
      constructor(options: RedisOptions) {
        super(options);
        throw new Error('unmade');
      }
    }
    const { events } = open({ Connector });
    await events.happened('closed');
    expect(events.error).toMatchObject({
      code: 'SHARDMUX_CONNECTOR_FAILED',
      message: 'the connector failed: unmade',
    });
  });

  test('whose socket has failed already: with the first error', async () => {
    class Connector extends OwnConnector {
      override async connect() {
        const socket = await super.connect();
        [this.firstError] = (await once(socket, 'error')) as [Error];
        return socket;
      }
    }
    const port = await listening(createServer());
    await ends.pop()?.();
    const { events } = open({ Connector }, { kind: 'tcp', host: '127.0.0.1', port });
    await events.happened('closed');
    expect(events.error).toMatchObject({ code: 'ECONNREFUSED' });
  });

  test.each<[string, () => void]>([
    [
      'throws',
      () => {
        throw new Error('never mind');
      },
    ],
    ['rejects', () => Promise.reject(new Error('never mind'))],
  ])('what its disconnect %s is nobody’s business', async (_, disconnect) => {
    const port = await listening(createServer(greet));
    const { Connector, disconnected } = connectorOf(async () => connect(port, '127.0.0.1'), disconnect);
    const { events, channel } = open({ Connector });
    await events.happened('opened');
    channel.destroy();
    await events.happened('closed');
    expect(events.error).toBeNull();
    expect(disconnected).toHaveBeenCalledTimes(1);
  });
});

describe('what a connector gives is used as it is', () => {
  test('connected already, with bytes that wait', async () => {
    const port = await listening(createServer(greet));
    const { Connector, disconnected } = connectorOf(async () => {
      const socket = connect(port, '127.0.0.1');
      await once(socket, 'readable');
      return socket.pause();
    });
    const { events, channel } = open({ Connector });
    await events.happened('received');
    expect(events.events).toEqual(['opened', 'received']);
    expect(events.text).toBe('hello');
    expect(channel.remote).toBe(`127.0.0.1:${port}`);
    expect(disconnected).not.toHaveBeenCalled();
  });

  test.each(['at once', 'when it is secure'])('secure, given %s', async (when) => {
    const authority = new CertificateAuthority();
    ends.push(() => authority.remove());
    const { cert, key } = authority.issue(['127.0.0.1']);
    const server = createTlsServer({ cert: readFileSync(cert), key: readFileSync(key) }, greet);
    const port = await listening(server);
    const { Connector } = connectorOf(async () => {
      const socket = tlsConnect({ host: '127.0.0.1', port, ca: readFileSync(authority.cert) });
      if (when !== 'at once') await once(socket, 'secureConnect');
      return socket;
    });
    const { events } = open({ Connector });
    await events.happened('received');
    expect(events.events).toEqual(['opened', 'received']);
  });

  test('with the socket options that were said', async () => {
    const port = await listening(createServer(greet));
    const socket = connect(port, '127.0.0.1');
    const setNoDelay = vi.spyOn(socket, 'setNoDelay');
    const setKeepAlive = vi.spyOn(socket, 'setKeepAlive');
    const { Connector } = connectorOf(async () => socket);
    const { events } = open({ Connector, keepAlive: 1_234, noDelay: false });
    await events.happened('opened');
    expect(setNoDelay.mock.calls).toEqual([[false]]);
    expect(setKeepAlive.mock.calls).toEqual([[true, 1_234]]);
  });

  test('the other side leaves: it is told once that all is over', async () => {
    const port = await listening(createServer((socket) => socket.end('bye')));
    const { Connector, disconnected } = connectorOf(async () => connect(port, '127.0.0.1'));
    const { events, channel } = open({ Connector });
    await events.happened('ended');
    expect(disconnected).not.toHaveBeenCalled();
    channel.end();
    await events.happened('closed');
    expect(events.text).toBe('bye');
    await vi.waitUntil(() => disconnected.mock.calls.length === 1);
  });

  test('it is told where the server is, and all that ioredis would tell it', async () => {
    const given: RedisOptions[] = [];
    class Connector extends OwnConnector {
      constructor(options: RedisOptions) {
        super(options);
        given.push(options);
      }
    }
    const options = { Connector, host: 'elsewhere', path: '/elsewhere', db: 3, connectionName: 'app' };
    open(options, { kind: 'tcp', host: '127.0.0.1', port: 1 });
    open(options, { kind: 'unix', path: '/run/redis.sock' });
    const others = {
      db: 3,
      connectionName: 'app',
      disconnectTimeout: 2_000,
      role: 'master',
      keepAlive: 30_000,
    };
    expect(given).toEqual([
      expect.objectContaining({ ...others, host: '127.0.0.1', port: 1 }),
      expect.objectContaining({ ...others, path: '/run/redis.sock' }),
    ]);
    expect(given[0]).not.toHaveProperty('path');
    expect(given[1]).not.toHaveProperty('host');
  });
});

describe('a connector that takes its time', () => {
  type Late = EventEmitter<{ socket: [Socket] }>;

  test('is given up after connectTimeout, with what it told, and its late socket is dropped', async () => {
    const late = new EventEmitter<{ socket: [Socket] }>();
    const { Connector, disconnected } = connectorOf((emit) => {
      emit('sentinelError', new Error('nobody at home'));
      return socketOf(late);
    });
    const { events, channel } = open({ Connector, connectTimeout: 20 });
    await events.happened('closed');
    expect(events.error).toMatchObject({
      code: 'ETIMEDOUT',
      message: 'connect ETIMEDOUT after 20 ms: nobody at home',
    });
    expect(disconnected).toHaveBeenCalledTimes(1);
    await dropsLate(late);
    channel.destroy();
    expect(events.events).toEqual(['closed']);
  });

  test('is given up when the channel is destroyed, and its late socket is dropped', async () => {
    const late = new EventEmitter<{ socket: [Socket] }>();
    const { Connector, disconnected } = connectorOf(() => socketOf(late));
    const { events, channel } = open({ Connector });
    channel.destroy();
    channel.destroy();
    expect(events.events).toEqual([]);
    await events.happened('closed');
    expect(events.error).toBeNull();
    await dropsLate(late);
    expect(events.events).toEqual(['closed']);
    expect(disconnected).toHaveBeenCalledTimes(1);
  });

  test('has as long for a socket that does not connect', async () => {
    const port = await listening(createServer());
    // Nobody answers the handshake.
    const { Connector, disconnected } = connectorOf(async () => tlsConnect(port, '127.0.0.1'));
    const { events } = open({ Connector, connectTimeout: 50 });
    await events.happened('closed');
    expect(events.error).toMatchObject({ code: 'ETIMEDOUT' });
    await vi.waitUntil(() => disconnected.mock.calls.length === 1);
  });

  async function socketOf(late: Late): Promise<Socket> {
    const [socket] = (await once(late, 'socket')) as [Socket];
    return socket;
  }

  async function dropsLate(late: Late): Promise<void> {
    const port = await listening(createServer());
    const socket = connect(port, '127.0.0.1');
    const closed = once(socket, 'close');
    late.emit('socket', socket);
    await closed;
  }
});
