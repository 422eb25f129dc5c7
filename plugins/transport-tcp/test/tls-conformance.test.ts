import { readFileSync } from 'node:fs';
import { TLSSocket, connect as tlsConnect } from 'node:tls';
import { transportSuite } from '@shardmux/conformance';
import { CertificateAuthority } from '@shardmux/testing';
import { afterAll, describe, test } from 'vitest';
import { createTlsTransport } from '../src/index.js';

const authority = new CertificateAuthority();
afterAll(() => authority.remove());

const files = authority.issue(['127.0.0.1']);
const ca = readFileSync(authority.cert);
const own = { cert: readFileSync(files.cert), key: readFileSync(files.key) };

const suite = transportSuite(() => createTlsTransport({ servers: { ca: authority.cert }, clients: files }), {
  // Encrypting tens of megabytes takes its time on a busy machine.
  limit: 15_000,
  secure: {
    client: (socket) => tlsConnect({ socket, ca, host: '127.0.0.1' }),
    server: (socket) => new TLSSocket(socket, { isServer: true, ...own }),
  },
});

describe('with TLS in both directions', () => {
  for (const { promise, check } of suite) test(promise, check);
});
