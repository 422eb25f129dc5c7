import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Plugin, SchemaResult, Transport } from '@shardmux/plugin-api';
import { CertificateAuthority, TemporaryFolder } from '@shardmux/testing';
import { afterAll, describe, expect, test } from 'vitest';
import { plugins, type TcpOptions, tcpTransport } from '../src/index.js';
import { optionsSchema } from '../src/options.js';

const [plugin] = plugins as readonly [Plugin<'transport'>];
const authority = new CertificateAuthority();
const { cert, key } = authority.issue(['localhost']);
const folder = new TemporaryFolder();

afterAll(() => {
  authority.remove();
  folder.remove();
});

function validate(options: unknown): SchemaResult<TcpOptions> {
  const result = optionsSchema['~standard'].validate(options);
  if (result instanceof Promise) throw new Error('the schema takes its time');
  return result;
}

const create = (options: TcpOptions): Transport => plugin.create(options);

test('without tls it is the plain transport', () => {
  expect(validate({})).toEqual({ value: {} });
  expect(create({})).toBe(tcpTransport);
});

test('what is right is taken as it is', () => {
  const options: TcpOptions = {
    tls: {
      servers: { ca: authority.cert, cert, key, servername: 'redis.example', minVersion: 'TLSv1.3' },
      clients: { ca: authority.cert, cert, key, requestCert: true, rejectUnauthorized: false },
    },
  };
  expect(validate(options)).toEqual({ value: options });
  expect(create(options)).not.toBe(tcpTransport);
});

test.each<[options: unknown, path: string, message: RegExp]>([
  ['tls', '', /mapping/],
  [{ host: 'a' }, 'host', /left out.*tls/],
  [{ constructor: 1 }, 'constructor', /left out/],
  [{ tls: true }, 'tls', /mapping/],
  [{ tls: {} }, 'tls', /servers, clients or both/],
  [{ tls: { servers: { cafile: 'a' } } }, 'tls.servers.cafile', /left out.*ca, cert, key/],
  [{ tls: { servers: { ca: ['a'] } } }, 'tls.servers.ca', /PEM file/],
  [{ tls: { servers: { cert: 'a' } } }, 'tls.servers', /cert and key, or neither/],
  [{ tls: { servers: { rejectUnauthorized: 'no' } } }, 'tls.servers.rejectUnauthorized', /true or false/],
  [{ tls: { servers: { minVersion: 1.2 } } }, 'tls.servers.minVersion', /TLSv1\.2 or TLSv1\.3/],
  [{ tls: { clients: { ca: 'a' } } }, 'tls.clients', /cert and key/],
  [{ tls: { clients: { cert: 'a', key: 'b', requestCert: true } } }, 'tls.clients', /must have a ca/],
])('%j is refused', (options, path, message) => {
  const { issues } = validate(options);
  expect(issues?.map((issue) => [issue.path?.join('.'), issue.message])).toEqual([
    [path, expect.stringMatching(message)],
  ]);
});

describe('a file that cannot be used is named, with the option and what to do', () => {
  const empty = folder.write('empty.pem', '');
  const broken = folder.write(
    'broken.pem',
    `${readFileSync(authority.cert, 'utf8')}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n`,
  );
  const locked = folder.write('locked.key', '');
  execFileSync('openssl', ['ec', '-aes256', '-passout', 'pass:sesame', '-in', key, '-out', locked], {
    stdio: 'pipe',
  });
  const missing = `${folder.path}/missing.pem`;

  test.each<[what: string, servers: object, option: string, file: string, fault: RegExp]>([
    ['missing', { ca: missing }, 'ca', missing, /ENOENT/],
    ['a folder', { ca: folder.path }, 'ca', folder.path, /EISDIR/],
    ['empty', { ca: empty }, 'ca', empty, /no certificate/],
    ['in part broken', { ca: broken }, 'ca', broken, /wrong tag/],
    ['a key for a certificate', { cert: key, key }, 'cert', key, /no certificate/],
    ['a certificate for a key', { cert, key: cert }, 'key', cert, /no private key/],
    ['of another certificate', { cert, key: authority.key }, 'key', authority.key, /not the key/],
    ['encrypted', { cert, key: locked }, 'key', locked, /passphrase/],
    ['encrypted otherwise', { cert, key: locked, passphrase: 'open' }, 'key', locked, /bad decrypt/],
  ])('%s', (_what, servers, option, file, fault) => {
    const act = () => create({ tls: { servers } });
    expect(act).toThrow(expect.objectContaining({ name: 'PluginError', code: 'SHARDMUX_PLUGIN_OPTIONS' }));
    expect(act).toThrow(`options.tls.servers.${option}: `);
    expect(act).toThrow(file);
    expect(act).toThrow(fault);
    expect(act).toThrow(/; name .*file|; name the two/);
  });

  test('an encrypted key with its passphrase is none of them', () => {
    const clients = { cert, key: locked, passphrase: 'sesame' };
    expect(create({ tls: { clients } }).flush).toBeNull();
  });
});
