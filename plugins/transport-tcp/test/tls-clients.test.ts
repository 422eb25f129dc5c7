import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect as netConnect } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import type { Channel, Endpoint, Listener } from '@shardmux/plugin-api';
import { CertificateAuthority, type CertificateFiles } from '@shardmux/testing';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { createTlsTransport, type TlsForClients, tcpTransport } from '../src/index.js';
import { Recorder } from './recorder.js';

const readRegion = { bytes: Buffer.alloc(65_536), start: 0, end: 65_536 };
const LISTEN = { readRegion, backlog: 16, keepAlive: 0, noDelay: true };
const CONNECT = { readRegion, connectTimeout: 2_000, keepAlive: 0, noDelay: true };
const LOOPBACK: Endpoint = { kind: 'tcp', host: '127.0.0.1', port: 0 };

const authority = new CertificateAuthority();
const stranger = new CertificateAuthority();
const files = authority.issue(['127.0.0.1']);
const listeners: Listener[] = [];
const channels: Channel[] = [];

afterEach(async () => {
  for (const channel of channels.splice(0)) channel.destroy();
  await Promise.all(listeners.splice(0).map((listener) => listener.close()));
});

afterAll(() => {
  authority.remove();
  stranger.remove();
});

/** Echoes what clients send, and counts those that came in. */
async function listen(clients: Partial<TlsForClients> = {}) {
  const accepted: Channel[] = [];
  const transport = createTlsTransport({ clients: { ...files, ...clients } });
  const listener = await transport.listen(LOOPBACK, LISTEN, (channel) => {
    channels.push(channel);
    accepted.push(channel);
    const echo = new Recorder();
    echo.received = (bytes, start, end) => channel.write(bytes, start, end);
    return echo;
  });
  listeners.push(listener);
  return { listener, accepted };
}

const isOver = ({ events }: Recorder) => events.includes('ended') || events.includes('closed');

/** A client with a certificate of its own, or none, which sends a word, and hears it or is turned away. */
async function talk({ endpoint }: Listener, own?: CertificateFiles): Promise<Recorder> {
  const events = new Recorder();
  const transport = createTlsTransport({ servers: { ca: authority.cert, ...own } });
  const channel = transport.connect(endpoint, CONNECT, events);
  channels.push(channel);
  await events.happened('opened');
  channel.write(Buffer.from('word'), 0, 4);
  await events.until(() => events.length === 4 || isOver(events));
  return events;
}

test('a client whose handshake fails is dropped alone', async () => {
  const { listener, accepted } = await listen();
  const steady = await talk(listener);
  const plain = new Recorder();
  const channel = tcpTransport.connect(listener.endpoint, CONNECT, plain);
  channels.push(channel);
  await plain.happened('opened');
  channel.write(Buffer.from('*1\r\n$4\r\nPING\r\n'), 0, 14);
  await plain.until(() => isOver(plain));
  expect((await talk(listener)).text.toString()).toBe('word');
  expect(steady.events).not.toContain('closed');
  expect(accepted).toHaveLength(2);
});

test('a client that was not through with its handshake when the listener closed is not accepted', async () => {
  const { listener, accepted } = await listen();
  if (listener.endpoint.kind !== 'tcp') throw new Error('it listens elsewhere');
  const socket = netConnect(listener.endpoint);
  await once(socket, 'connect');
  // Another one that comes in after it shows that the listener has it.
  await talk(listener);
  await listener.close();
  const secure = tlsConnect({ socket, ca: readFileSync(authority.cert), host: '127.0.0.1' });
  secure.on('error', () => {});
  secure.resume();
  await once(secure, 'close');
  expect(accepted).toHaveLength(1);
});

describe('where clients must have a certificate', () => {
  test('one of the authority comes in', async () => {
    const { listener, accepted } = await listen({ ca: authority.cert });
    expect((await talk(listener, authority.issue())).text.toString()).toBe('word');
    expect(accepted).toHaveLength(1);
  });

  test.each([
    ['none', undefined],
    ['one of another authority', stranger.issue()],
    ['one that has expired', authority.issue([], -1)],
  ])('%s does not', async (_what, own) => {
    const { listener, accepted } = await listen({ ca: authority.cert });
    const events = await talk(listener, own);
    expect(isOver(events)).toBe(true);
    expect(accepted).toEqual([]);
  });

  test('none will do where that was asked for', async () => {
    const { listener } = await listen({ ca: authority.cert, rejectUnauthorized: false });
    expect((await talk(listener)).text.toString()).toBe('word');
  });
});
