import { once } from 'node:events';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createServer, type TLSSocket, connect as tlsConnect } from 'node:tls';
import type { Channel, Endpoint, Listener, Transport } from '@shardmux/plugin-api';
import { CertificateAuthority, type CertificateFiles, TemporaryFolder } from '@shardmux/testing';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createTlsTransport } from '../src/index.js';
import { Recorder } from './recorder.js';

const readRegion = { bytes: Buffer.alloc(65_536), start: 0, end: 65_536 };
const LISTEN = { readRegion, backlog: 16, keepAlive: 0, noDelay: true };
const CONNECT = { readRegion, connectTimeout: 2_000, keepAlive: 0, noDelay: true };
const LOOPBACK: Endpoint = { kind: 'tcp', host: '127.0.0.1', port: 0 };

const authority = new CertificateAuthority();
const stranger = new CertificateAuthority();
const stops: (() => unknown)[] = [];
let folder: TemporaryFolder;

beforeEach(() => {
  folder = new TemporaryFolder();
  stops.push(() => folder.remove());
});

afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

afterAll(() => {
  authority.remove();
  stranger.remove();
});

/** Puts certificate and key where a transport is told to look for them. */
function install({ cert, key }: CertificateFiles): CertificateFiles {
  const installed = { cert: join(folder.path, 'own.crt'), key: join(folder.path, 'own.key') };
  copyFileSync(cert, installed.cert);
  copyFileSync(key, installed.key);
  return installed;
}

describe('what clients are shown', () => {
  let refused: [remote: string, reason: string][];

  beforeEach(() => {
    refused = [];
  });

  async function listen(transport: Transport): Promise<Listener> {
    const listener = await transport.listen(
      LOOPBACK,
      { ...LISTEN, refused: (...told) => refused.push(told) },
      (channel) => {
        stops.push(() => channel.destroy());
        const echo = new Recorder();
        echo.received = (bytes, start, end) => channel.write(bytes, start, end);
        return echo;
      },
    );
    stops.push(() => listener.close());
    return listener;
  }

  /** A client that knows both authorities. */
  async function connect({ endpoint }: Listener, options: object = {}): Promise<TLSSocket> {
    const ca = [authority, stranger].map(({ cert }) => readFileSync(cert));
    const socket = tlsConnect({ ...endpoint, ca, ...options });
    stops.push(() => socket.destroy());
    await once(socket, 'secureConnect');
    return socket;
  }

  async function echoes(socket: TLSSocket): Promise<void> {
    socket.write('word');
    expect(String((await once(socket, 'data'))[0])).toBe('word');
  }

  const serial = (socket: TLSSocket) => socket.getPeerCertificate().serialNumber;

  test('changes for those who come, while those who are there are served on', async () => {
    const transport = createTlsTransport({ clients: install(authority.issue(['127.0.0.1'])) });
    const listener = await listen(transport);
    const before = await connect(listener);
    await echoes(before);
    install(authority.issue(['127.0.0.1']));
    expect(serial(await connect(listener))).toBe(serial(before));
    transport.certificates?.reload();
    const after = await connect(listener);
    expect(serial(after)).not.toBe(serial(before));
    await echoes(after);
    await echoes(before);
  });

  test('is seen by one who would resume a session from before', async () => {
    const transport = createTlsTransport({ clients: install(authority.issue(['127.0.0.1'])) });
    const listener = await listen(transport);
    const before = await connect(listener);
    const [session] = await once(before, 'session');
    const resumed = await connect(listener, { session });
    expect(resumed.isSessionReused()).toBe(true);
    install(authority.issue(['127.0.0.1']));
    transport.certificates?.reload();
    const after = await connect(listener, { session });
    expect(after.isSessionReused()).toBe(false);
    expect(serial(after)).not.toBe(serial(before));
  });

  test.each<[what: string, spoil: (files: CertificateFiles) => void, fault: RegExp]>([
    ['no certificate', ({ cert }) => writeFileSync(cert, 'nonsense'), /no certificate in .*own\.crt/],
    ['no key', ({ key }) => writeFileSync(key, 'secret nonsense'), /no private key in .*own\.key/],
    ['the key of another', ({ key }) => copyFileSync(authority.key, key), /own\.key is not the key/],
    ['no authority', () => writeFileSync(join(folder.path, 'ca'), ''), /no certificate in .*ca/],
  ])('stays as it was where there is %s', async (_what, spoil, fault) => {
    const files = install(authority.issue(['127.0.0.1']));
    const ca = join(folder.path, 'ca');
    copyFileSync(authority.cert, ca);
    const transport = createTlsTransport({ clients: files, servers: { ca } });
    const listener = await listen(transport);
    const before = await connect(listener);
    install(authority.issue(['127.0.0.1']));
    spoil(files);
    const reload = () => transport.certificates?.reload();
    expect(reload).toThrow(fault);
    expect(reload).not.toThrow(/secret/);
    expect(serial(await connect(listener))).toBe(serial(before));
    await echoes(before);
  });

  test('is asked of them by another authority, and who has none is told of', async () => {
    const ca = join(folder.path, 'ca');
    copyFileSync(authority.cert, ca);
    const transport = createTlsTransport({ clients: { ...install(authority.issue(['127.0.0.1'])), ca } });
    const listener = await listen(transport);
    const own = (issuer: CertificateAuthority) => {
      const { cert, key } = issuer.issue();
      return { cert: readFileSync(cert), key: readFileSync(key) };
    };
    const before = await connect(listener, own(authority));
    await echoes(before);
    copyFileSync(stranger.cert, ca);
    transport.certificates?.reload();
    await echoes(await connect(listener, own(stranger)));
    for (const turnedAway of [own(authority), {}]) {
      const socket = tlsConnect({ ...listener.endpoint, ...turnedAway, rejectUnauthorized: false });
      socket.on('error', () => {});
      socket.resume();
      await new Promise((resolve) => socket.once('close', resolve));
    }
    const remote = expect.stringMatching(/^127\.0\.0\.1:\d+$/);
    expect(refused).toEqual([
      [remote, expect.stringMatching(/^it has no certificate that is accepted/)],
      [remote, 'TLS failed: peer did not return a certificate'],
    ]);
    await echoes(before);
  });
});

describe('what servers are shown', () => {
  /** A server that notes which certificates its clients have. */
  async function serve() {
    const { cert, key } = authority.issue(['127.0.0.1']);
    const ca = [authority, stranger].map((each) => readFileSync(each.cert));
    const rules = { ca, requestCert: true, rejectUnauthorized: false };
    const server = createServer({ cert: readFileSync(cert), key: readFileSync(key), ...rules });
    const seen: string[] = [];
    server.on('secureConnection', (socket) => {
      stops.push(() => socket.destroy());
      seen.push(socket.getPeerCertificate().serialNumber);
      socket.on('error', () => {});
      socket.write('hello');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    stops.push(() => server.close());
    const { port } = server.address() as AddressInfo;
    return { seen, endpoint: { kind: 'tcp', host: '127.0.0.1', port } satisfies Endpoint };
  }

  async function connect(transport: Transport, endpoint: Endpoint): Promise<[Recorder, Channel]> {
    const events = new Recorder();
    const channel = transport.connect(endpoint, CONNECT, events);
    stops.push(() => channel.destroy());
    await events.until(() => events.length > 0 || events.events.includes('closed'));
    return [events, channel];
  }

  test('changes for links to come, while those there are live on', async () => {
    const { seen, endpoint } = await serve();
    const transport = createTlsTransport({ servers: { ca: authority.cert, ...install(authority.issue()) } });
    const [before] = await connect(transport, endpoint);
    await connect(transport, endpoint);
    install(authority.issue());
    transport.certificates?.reload();
    await connect(transport, endpoint);
    const [first, second, third] = seen;
    expect(second).toBe(first);
    expect(third).not.toBe(first);
    expect(before.events).not.toContain('closed');
  });

  test('they must be known to the authority of now', async () => {
    const { endpoint } = await serve();
    const ca = join(folder.path, 'ca');
    copyFileSync(authority.cert, ca);
    const transport = createTlsTransport({ servers: { ca } });
    const [before] = await connect(transport, endpoint);
    copyFileSync(stranger.cert, ca);
    transport.certificates?.reload();
    const [after] = await connect(transport, endpoint);
    expect(after.error).toMatchObject({ code: 'SHARDMUX_TLS_CERTIFICATE' });
    expect(before.events).not.toContain('closed');
  });
});
