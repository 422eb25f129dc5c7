import { once } from 'node:events';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TLSSocket, connect as tlsConnect } from 'node:tls';
import {
  CertificateAuthority,
  type CertificateFiles,
  connectRaw,
  freePort,
  RawClient,
  startRedis,
  TemporaryFolder,
} from '@shardmux/testing';
import { createClient } from 'shardmux';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Shardmux } from '../support/shardmux.js';
import { poolFile, Shards } from '../support/shards.js';

const authority = new CertificateAuthority();
const NAMES = ['127.0.0.1'];
const stops: (() => unknown)[] = [];
let folder: TemporaryFolder;

beforeEach(() => {
  folder = new TemporaryFolder();
  stops.push(() => folder.remove());
});

afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

afterAll(() => authority.remove());

const at = (name: string) => join(folder.path, name);

/** Puts a certificate and its key where the proxy looks for them. */
function install({ cert, key }: CertificateFiles): void {
  copyFileSync(cert, at('own.crt'));
  copyFileSync(key, at('own.key'));
}

interface SecureClient {
  readonly client: RawClient;
  /** Of the certificate that the proxy has shown. */
  readonly serial: string;
}

async function connect({ shardmux }: Shards, own?: CertificateFiles): Promise<SecureClient> {
  const socket: TLSSocket = tlsConnect({
    ...shardmux.endpoints[0],
    ca: readFileSync(authority.cert),
    ...(own && { cert: readFileSync(own.cert), key: readFileSync(own.key) }),
  });
  stops.push(() => socket.destroy());
  const client = new RawClient(socket, true);
  await once(socket, 'secureConnect');
  return { client, serial: socket.getPeerCertificate().serialNumber };
}

describe.each([1, 2])('with %i workers', (workers) => {
  /** How often a line was logged. */
  const told = ({ shardmux }: Shards, line: RegExp) =>
    shardmux.process.log.match(new RegExp(line, 'g'))?.length ?? 0;

  async function start(more = ''): Promise<Shards> {
    install(authority.issue(NAMES));
    const files = `cert: ${at('own.crt')}, key: ${at('own.key')}${more}`;
    const shards = await Shards.start(
      2,
      [`transport: { use: tcp, tls: { clients: { ${files} } } }`],
      [`workers: ${workers}`],
    );
    stops.push(() => shards.stop());
    return shards;
  }

  async function serves({ client }: SecureClient): Promise<void> {
    expect(await client.command('SET', 'key', 'x')).toBe('OK');
    expect(await client.command('GET', 'key')).toBe('x');
  }

  test.each<[when: string, ask: (shards: Shards) => void]>([
    ['its files change', () => {}],
    ['SIGHUP comes', ({ shardmux }) => shardmux.process.signal('SIGHUP')],
  ])('a new certificate is shown when %s, and nobody is cut off', async (_, ask) => {
    const shards = await start();
    const before = await Promise.all([1, 2, 3, 4].map(() => connect(shards)));
    await Promise.all(before.map(serves));
    install(authority.issue(NAMES));
    ask(shards);
    await vi.waitUntil(() => told(shards, /certificates were read anew/) >= workers, { timeout: 10_000 });
    for (let i = 0; i < 4; i++) {
      const after = await connect(shards);
      expect(after.serial).not.toBe(before[0].serial);
      await serves(after);
    }
    await Promise.all(before.map(serves));
  });

  test('a broken one is refused with the reason, and the old one is shown on', async () => {
    const shards = await start();
    const before = await connect(shards);
    const secret = readFileSync(at('own.key'), 'utf8').split('\n')[1];
    writeFileSync(at('own.key'), `-----BEGIN PRIVATE KEY-----\nX${secret}\n-----END PRIVATE KEY-----\n`);
    const refused = /certificates stay as they were: options\.tls\.clients\.key: there is no private key in/;
    await vi.waitUntil(() => told(shards, refused) === workers, { timeout: 10_000 });
    expect(shards.shardmux.process.log).not.toContain(secret);
    const after = await connect(shards);
    expect(after.serial).toBe(before.serial);
    await Promise.all([before, after].map(serves));
    // Mended, it is taken without anybody's doing.
    install(authority.issue(NAMES));
    await vi.waitUntil(async () => (await connect(shards)).serial !== before.serial, { timeout: 10_000 });
  });

  test('a client without a certificate is refused where one is asked for, the others are unhurt', async () => {
    const shards = await start(`, ca: ${authority.cert}`);
    const known = await connect(shards, authority.issue());
    await serves(known);
    const stranger = await connect(shards);
    await expect(stranger.client.command('PING')).rejects.toThrow();
    await serves(known);
    const refused = /client 127\.0\.0\.1:\d+ was refused: TLS failed: peer did not return/;
    await expect.poll(() => told(shards, refused)).toBe(1);
  });
});

test('links follow servers to another authority, those of a client too', async () => {
  const other = new CertificateAuthority();
  stops.push(() => other.remove());
  const port = await freePort();
  const startServer = async (issuer: CertificateAuthority) => {
    const tls = { port, ca: issuer.cert, ...issuer.issue(NAMES), clientCertificates: true };
    const server = await startRedis({ tls });
    stops.push(() => server.stop());
    return server;
  };
  const trust = (issuer: CertificateAuthority) => {
    copyFileSync(issuer.cert, at('ca.crt'));
    install(issuer.issue());
  };
  trust(authority);
  const before = await startServer(authority);
  const files = `ca: ${at('ca.crt')}, cert: ${at('own.crt')}, key: ${at('own.key')}`;
  const transport = `transport: { use: tcp, tls: { servers: { ${files} } } }`;
  const yaml = await poolFile([`127.0.0.1:${port}:1`], [transport]);
  const shardmux = await Shardmux.start(yaml);
  stops.push(() => shardmux.stop());
  const throughProxy = await connectRaw(shardmux.endpoints[0], { strings: true });
  stops.push(() => throughProxy.close());
  const client = createClient(folder.write('config.yml', yaml));
  stops.push(() => client.disconnect());
  expect(await throughProxy.command('SET', 'key', 'x')).toBe('OK');
  expect(await client.get('key')).toBe('x');
  await before.stop();
  await startServer(other);
  trust(other);
  const isServed = async () => (await throughProxy.command('SET', 'key', 'y').catch(() => null)) === 'OK';
  await vi.waitUntil(isServed, { timeout: 15_000 });
  await vi.waitUntil(async () => (await client.get('key').catch(() => null)) === 'y', { timeout: 15_000 });
});
