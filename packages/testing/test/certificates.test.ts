import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { CertificateAuthority, type CertificateFiles } from '../src/certificates.js';

const load = ({ cert }: CertificateFiles) => new X509Certificate(readFileSync(cert));

describe('CertificateAuthority', () => {
  const authority = new CertificateAuthority();
  afterEach(() => authority.remove());

  it('issues certificates for names and addresses, valid ones and expired ones', () => {
    const own = load(authority);
    const valid = load(authority.issue(['localhost', '127.0.0.1']));
    expect(valid.verify(own.publicKey)).toBe(true);
    expect(valid.checkHost('localhost')).toBe('localhost');
    expect(valid.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(Date.parse(valid.validTo)).toBeGreaterThan(Date.now());
    const expired = authority.issue([], -1);
    expect(Date.parse(load(expired).validTo)).toBeLessThan(Date.now());
    authority.remove();
    expect(existsSync(expired.key)).toBe(false);
  });
});
