import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Channel, Endpoint, Listener, Transport } from '@shardmux/plugin-api';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Rewrap } from '../src/accepted-socket.js';
import { tcpTransport } from '../src/index.js';
import { listenTcp } from '../src/tcp-listener.js';
import { Recorder } from './recorder.js';

const readRegion = { bytes: Buffer.alloc(70_000), start: 1_024, end: 66_560 };
const LISTEN = { readRegion, backlog: 16, keepAlive: 0, noDelay: true };
const CONNECT = { readRegion, connectTimeout: 1_000, keepAlive: 0, noDelay: true };
const LOOPBACK: Endpoint = { kind: 'tcp', host: '127.0.0.1', port: 0 };

const listeners: Listener[] = [];
const channels: Channel[] = [];

afterEach(async () => {
  for (const channel of channels.splice(0)) channel.destroy();
  await Promise.all(listeners.splice(0).map((listener) => listener.close()));
});

/** A connection, seen from both ends. */
async function pair(endpoint = LOOPBACK, listen: Transport['listen'] = tcpTransport.listen) {
  const server = new Recorder();
  const accepted: Channel[] = [];
  const listener = await listen(endpoint, LISTEN, (channel) => {
    accepted.push(channel);
    return server;
  });
  listeners.push(listener);
  const client = new Recorder();
  const channel = tcpTransport.connect(listener.endpoint, CONNECT, client);
  await client.happened('opened');
  const other = await vi.waitUntil(() => accepted[0]);
  channels.push(channel, other);
  return { listener, client: { channel, events: client }, server: { channel: other, events: server } };
}

async function listenOn(endpoint: Endpoint): Promise<Listener> {
  const listener = await tcpTransport.listen(endpoint, LISTEN, () => new Recorder());
  listeners.push(listener);
  return listener;
}

describe.each(['into the static buffer', 'as a stream'])('accepted sockets read %s', (mode) => {
  const rewrap: Rewrap | undefined =
    mode === 'as a stream' ? (socket) => ({ socket, usesOnread: false }) : undefined;
  const setUp = () => pair(LOOPBACK, (...args) => listenTcp(...args, rewrap));

  test('bytes arrive in order, in both directions', async () => {
    const { client, server } = await setUp();
    const request = Buffer.from('xxPINGxx');
    expect(client.channel.write(request, 2, 6)).toBe(true);
    await server.events.until(() => server.events.text.length === 4);
    expect(server.events.text.toString()).toBe('PING');
    server.channel.write(Buffer.from('PONG'), 0, 4);
    await client.events.until(() => client.events.text.length === 4);
    expect(client.events.text.toString()).toBe('PONG');
  });

  test('a write that the kernel does not take says so, and drained comes when it has', async () => {
    const { client, server } = await setUp();
    client.channel.pause();
    const block = Buffer.alloc(1 << 20, 'x');
    let taken = true;
    let written = 0;
    while (taken && written < 200) {
      taken = server.channel.write(block, 0, block.length);
      written++;
    }
    expect(taken).toBe(false);
    expect(server.events.events).not.toContain('drained');
    client.channel.resume();
    await server.events.happened('drained');
    await client.events.until(() => client.events.text.length === written * block.length);
  });

  test('a paused channel gives nothing until it is resumed', async () => {
    const { client, server } = await setUp();
    server.channel.pause();
    client.channel.write(Buffer.from('later'), 0, 5);
    client.channel.write(Buffer.from('!'), 0, 1);
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(server.events.events).not.toContain('received');
    server.channel.resume();
    await server.events.until(() => server.events.text.toString() === 'later!');
  });

  test('after one side has ended the other may still speak', async () => {
    const { client, server } = await setUp();
    client.channel.end();
    await server.events.happened('ended');
    server.channel.write(Buffer.from('bye'), 0, 3);
    server.channel.end();
    await client.events.happened('closed');
    await server.events.happened('closed');
    expect(client.events.text.toString()).toBe('bye');
    expect([client.events.error, server.events.error]).toEqual([null, null]);
  });

  test('destroyed twice, it closes once', async () => {
    const { client, server } = await setUp();
    server.channel.destroy();
    server.channel.destroy();
    await server.events.happened('closed');
    await client.events.happened('ended');
    expect(server.events.events.filter((event) => event === 'closed')).toHaveLength(1);
  });
});

test('a port where nobody listens closes with the cause', async () => {
  const listener = await listenOn(LOOPBACK);
  await listener.close();
  const client = new Recorder();
  tcpTransport.connect(listener.endpoint, CONNECT, client);
  await client.happened('closed');
  expect(client.error).toMatchObject({ code: 'ECONNREFUSED' });
  expect(client.events).toEqual(['closed']);
});

test('connecting gives up after its timeout', async () => {
  const listen =
    "const s = require('net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => console.log(s.address().port))";
  const child = spawn(process.execPath, ['-e', listen]);
  try {
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    // Stopped, it accepts nothing; when its backlog is full, further connections hang.
    child.kill('SIGSTOP');
    const endpoint: Endpoint = { kind: 'tcp', host: '127.0.0.1', port: Number(line) };
    const clients = Array.from({ length: 5 }, () => new Recorder());
    for (const client of clients) {
      channels.push(tcpTransport.connect(endpoint, { ...CONNECT, connectTimeout: 200 }, client));
    }
    const last = clients.at(-1) as Recorder;
    await last.happened('closed');
    expect(last.error).toMatchObject({ code: 'ETIMEDOUT' });
  } finally {
    child.kill('SIGKILL');
  }
});

test('a closed listener frees its port while open channels live on', async () => {
  const { listener, client, server } = await pair();
  await listener.close();
  await listenOn(listener.endpoint);
  client.channel.write(Buffer.from('still here'), 0, 10);
  await server.events.until(() => server.events.text.toString() === 'still here');
});

test('a port in use is refused with the system’s cause', async () => {
  const listener = await listenOn(LOOPBACK);
  await expect(listenOn(listener.endpoint)).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

test('an acceptor that gives no handler closes the connection', async () => {
  const listener = await tcpTransport.listen(LOOPBACK, LISTEN, () => null);
  listeners.push(listener);
  const client = new Recorder();
  channels.push(tcpTransport.connect(listener.endpoint, CONNECT, client));
  await client.happened('ended');
  expect(client.events).not.toContain('received');
});

test('IPv6', async () => {
  const { client, server } = await pair({ kind: 'tcp', host: '::1', port: 0 });
  client.channel.write(Buffer.from('six'), 0, 3);
  await server.events.until(() => server.events.text.toString() === 'six');
  expect(server.channel.remote).toMatch(/^::1:\d+$/);
});

describe('unix sockets', () => {
  const folder = mkdtempSync(join(tmpdir(), 'shardmux-transport-'));
  const endpoint: Endpoint = { kind: 'unix', path: join(folder, 'socket'), mode: 0o620 };

  test('carry bytes, and have the mode that was asked for', async () => {
    const { client, server } = await pair(endpoint);
    client.channel.write(Buffer.from('local'), 0, 5);
    await server.events.until(() => server.events.text.toString() === 'local');
    expect(statSync(endpoint.path).mode & 0o777).toBe(0o620);
  });

  test('one that a dead process left behind is replaced, one that answers is not', async () => {
    const first = await listenOn(endpoint);
    await expect(listenOn(endpoint)).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await first.close();
    const leave = `require('net').createServer().listen(${JSON.stringify(endpoint.path)}, () => process.kill(process.pid, 'SIGKILL'))`;
    spawnSync(process.execPath, ['-e', leave]);
    await listenOn(endpoint);
    rmSync(folder, { recursive: true, force: true });
  });
});
