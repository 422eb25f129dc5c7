import { execFileSync } from 'node:child_process';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { findBinary } from './find-binary.js';
import { FixtureError } from './fixture-error.js';
import { TemporaryFolder } from './temporary-folder.js';

// Different names: a certificate that bears its issuer's would be taken for one that signed itself.
const ISSUER = '/CN=shardmux test authority';
const SUBJECT = '/CN=shardmux test';
const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/** Paths of PEM files. */
export interface CertificateFiles {
  readonly cert: string;
  readonly key: string;
}

/**
 * Issues certificates for tests, by the real openssl. Its own, which it signs itself, is the one to be trusted.
 *
 * @throws {FixtureError} `SHARDMUX_FIXTURE_MISSING` where openssl is not installed.
 */
export class CertificateAuthority implements CertificateFiles {
  readonly cert: string;
  readonly key: string;
  readonly #folder = new TemporaryFolder();
  #issued = 0;

  constructor() {
    this.cert = join(this.#folder.path, 'authority.crt');
    this.key = join(this.#folder.path, 'authority.key');
    openssl(['req', '-x509', ...NEW_KEY, '-subj', ISSUER, '-keyout', this.key, '-out', this.cert]);
  }

  /**
   * @param names hosts and addresses that the certificate is for; a client's needs none.
   * @param days how long it is valid; below zero it has expired.
   */
  issue(names: readonly string[] = [], days = 2): CertificateFiles {
    const path = join(this.#folder.path, String(this.#issued++));
    const [request, cert, key] = [`${path}.csr`, `${path}.crt`, `${path}.key`];
    const subjects = names.map((name) => `${isIP(name) ? 'IP' : 'DNS'}:${name}`);
    const extension = subjects.length === 0 ? [] : ['-addext', `subjectAltName=${subjects.join(',')}`];
    openssl(['req', ...NEW_KEY, '-subj', SUBJECT, ...extension, '-keyout', key, '-out', request]);
    const authority = ['-CA', this.cert, '-CAkey', this.key, '-copy_extensions', 'copy'];
    openssl(['x509', '-req', ...authority, '-days', String(days), '-in', request, '-out', cert]);
    return { cert, key };
  }

  /** Removes every file. May be called twice. */
  remove(): void {
    this.#folder.remove();
  }
}

function openssl(args: readonly string[]): void {
  const path = findBinary('openssl');
  if (path === null) {
    throw new FixtureError(
      'SHARDMUX_FIXTURE_MISSING',
      'openssl is not installed: Debian has it in the package "openssl" (apt-get install openssl)',
    );
  }
  execFileSync(path, args, { stdio: 'pipe' });
}
