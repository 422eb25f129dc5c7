import type { SchemaResult, StandardSchema } from '@shardmux/plugin-api';
import { mapping, must } from './check.js';

export interface TcpOptions {
  /** Left out: nothing is encrypted. */
  readonly tls?: TlsOptions;
}

export interface TlsOptions {
  /** Connections that are opened to servers. Left out: they are plain. */
  readonly servers?: TlsToServers;
  /** Connections that clients open. Left out: they are plain. */
  readonly clients?: TlsForClients;
}

/** Paths of PEM files, against the folder that the process was started in; and what goes with them. */
export interface PemFiles {
  /** The authorities that are trusted. Left out: those that Node comes with. */
  readonly ca?: string;
  /** Our certificate, with those of the authorities between. */
  readonly cert?: string;
  /** The private key of `cert`. */
  readonly key?: string;
  /** Of an encrypted `key`. */
  readonly passphrase?: string;
  /** The oldest version that is spoken. Left out: Node's default, which is TLSv1.2. */
  readonly minVersion?: 'TLSv1.2' | 'TLSv1.3';
}

export interface TlsToServers extends PemFiles {
  /** The name that is asked for and that certificates must bear. Left out: the host of the endpoint. */
  readonly servername?: string;
  /** False: any certificate will do, so that anybody between can pose as the server. */
  readonly rejectUnauthorized?: boolean;
}

export interface TlsForClients extends PemFiles {
  readonly cert: string;
  readonly key: string;
  /** Asks clients for a certificate. Left out: where there is a `ca`. */
  readonly requestCert?: boolean;
  /** False: clients without a certificate, or with one from an unknown authority, may come in too. */
  readonly rejectUnauthorized?: boolean;
}

const text = must('be text', (value) => typeof value === 'string' && value !== '');
const file = must('be the path of a PEM file', (value) => typeof value === 'string' && value !== '');
const flag = must('be true or false', (value) => typeof value === 'boolean');
const version = must('be TLSv1.2 or TLSv1.3', (value) => value === 'TLSv1.2' || value === 'TLSv1.3');

const PEM = { ca: file, cert: file, key: file, passphrase: text, minVersion: version };
/** The options of TLS to servers. */
export const checkTlsToServers = mapping({ ...PEM, servername: text, rejectUnauthorized: flag }, (given) =>
  (given.cert === undefined) === (given.key === undefined) ? null : 'must have cert and key, or neither',
);
const checkClients = mapping({ ...PEM, requestCert: flag, rejectUnauthorized: flag }, (given) => {
  if (given.cert === undefined || given.key === undefined) return 'must have cert and key';
  const asks = given.requestCert !== undefined || given.rejectUnauthorized !== undefined;
  return asks && given.ca === undefined
    ? 'must have a ca, which issued the certificates of the clients, for requestCert and rejectUnauthorized'
    : null;
});
const checkTls = mapping({ servers: checkTlsToServers, clients: checkClients }, (given) =>
  given.servers === undefined && given.clients === undefined ? 'must have servers, clients or both' : null,
);
const checkOptions = mapping({ tls: checkTls });

/** A schema by hand: a plugin depends on the contracts alone. */
export const optionsSchema: StandardSchema<TcpOptions> = {
  '~standard': { version: 1, vendor: 'shardmux', validate },
};

function validate(value: unknown): SchemaResult<TcpOptions> {
  const issues = checkOptions(value, []);
  return issues.length > 0 ? { issues } : { value: value as TcpOptions };
}
