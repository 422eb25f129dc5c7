import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { PluginError } from '@shardmux/plugin-api';
import type { PemFiles } from './options.js';

const CERTIFICATES = /-----BEGIN ([A-Z0-9 ]*CERTIFICATE)-----[\s\S]*?-----END \1-----/g;

/**
 * Reads the files that options name, and checks what Node would pass over in silence, or find out with the first
 * connection: an authority that is no certificate, a key of another certificate.
 *
 * @param option where in the plugin's options they are named.
 * @throws {PluginError} `SHARDMUX_PLUGIN_OPTIONS`, naming the option, the file, and what to do.
 */
export function loadPem(option: string, files: PemFiles): SecureContextOptions {
  const { ca, cert, key, passphrase, minVersion } = files;
  const loaded: SecureContextOptions = {};
  if (minVersion !== undefined) loaded.minVersion = minVersion;
  if (ca !== undefined) loaded.ca = loadCertificates(`${option}.ca`, ca).pem;
  if (cert !== undefined && key !== undefined) {
    const { pem, first } = loadCertificates(`${option}.cert`, cert);
    const own = loadKey(`${option}.key`, key, passphrase);
    if (!first.checkPrivateKey(own.key)) {
      refuse(
        `${option}.key`,
        `${key} is not the key of the certificate in ${cert}`,
        'name the two that belong together',
      );
    }
    loaded.cert = pem;
    loaded.key = own.pem;
    if (passphrase !== undefined) loaded.passphrase = passphrase;
  }
  try {
    createSecureContext(loaded);
  } catch (error) {
    refuse(option, `OpenSSL does not take it: ${reasonOf(error)}`, 'name other files');
  }
  return loaded;
}

/** A certificate with those of the authorities between, or a bundle of authorities. */
function loadCertificates(option: string, path: string): { pem: string; first: X509Certificate } {
  const pem = read(option, path);
  const fix = 'name a file with certificates in PEM format (-----BEGIN CERTIFICATE-----)';
  try {
    const [first] = (pem.match(CERTIFICATES) ?? []).map((each) => new X509Certificate(each));
    if (first !== undefined) return { pem, first };
  } catch (error) {
    refuse(option, `a certificate in ${path} cannot be read (${reasonOf(error)})`, fix);
  }
  return refuse(option, `there is no certificate in ${path}`, fix);
}

function loadKey(option: string, path: string, passphrase?: string): { pem: string; key: KeyObject } {
  const pem = read(option, path);
  try {
    return { pem, key: createPrivateKey(passphrase === undefined ? pem : { key: pem, passphrase }) };
  } catch (error) {
    return refuse(
      option,
      `there is no private key in ${path} that can be read (${reasonOf(error)})`,
      'name a file with a private key in PEM format, and, where it is encrypted, the right passphrase',
    );
  }
}

function read(option: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    return refuse(
      option,
      `${path} cannot be read (${reasonOf(error)})`,
      'name a file that this process may read',
    );
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'reason' in error ? String(error.reason) : error.message;
}

function refuse(option: string, fault: string, fix: string): never {
  throw new PluginError('SHARDMUX_PLUGIN_OPTIONS', `options.${option}: ${fault}; ${fix}`);
}
