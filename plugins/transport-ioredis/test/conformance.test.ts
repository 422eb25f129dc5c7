import { readFileSync } from 'node:fs';
import { TLSSocket, connect as tlsConnect } from 'node:tls';
import { transportSuite } from '@shardmux/conformance';
import { createTlsTransport } from '@shardmux/plugin-transport-tcp';
import { CertificateAuthority } from '@shardmux/testing';
import { afterAll, describe, test } from 'vitest';
import { createIoredisTransport, plugins } from '../src/index.js';
import { OwnConnector } from './own-connector.js';

/** For a machine that has other things to do: only what hangs takes so long. */
const limit = 20_000;

const authority = new CertificateAuthority();
afterAll(() => authority.remove());

const files = authority.issue(['127.0.0.1']);
const ca = readFileSync(authority.cert);
const own = { cert: readFileSync(files.cert), key: readFileSync(files.key) };

const secure = {
  client: (socket: ConstructorParameters<typeof TLSSocket>[0]) =>
    tlsConnect({ socket, ca, host: '127.0.0.1' }),
  server: (socket: ConstructorParameters<typeof TLSSocket>[0]) =>
    new TLSSocket(socket, { isServer: true, ...own }),
};

class SecureConnector extends OwnConnector {
  override async connect() {
    const { host, port } = this.options;
    this.stream = tlsConnect({ host, port, ca });
    return this.stream;
  }
}

/** To clients it is plain TCP, so that one that speaks TLS needs another to talk to. */
const overTls = (options: Parameters<typeof createIoredisTransport>[0]) => ({
  ...createIoredisTransport(options),
  listen: createTlsTransport({ clients: files }).listen,
});

describe.each(plugins)('$name', ({ create }) => {
  for (const { promise, check } of transportSuite(() => create({}), { limit })) test(promise, check);
});

describe.each([
  ['with a connector', transportSuite(() => createIoredisTransport({ Connector: OwnConnector }), { limit })],
  ['with TLS', transportSuite(() => overTls({ tls: { ca } }), { limit, secure })],
  [
    'with a connector for TLS',
    transportSuite(() => overTls({ Connector: SecureConnector }), { limit, secure }),
  ],
])('%s', (_, suite) => {
  for (const { promise, check } of suite) test(promise, check);
});
