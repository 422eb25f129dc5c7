import type { Endpoint } from '@shardmux/plugin-api';
import type { CertificateFiles } from './certificates.js';
import { freePort } from './free-port.js';
import { connectRaw } from './raw-client.js';
import { type Launch, ServerFixture, started } from './server-fixture.js';

const PROGRAM = { name: 'redis-server', debianPackage: 'redis-server' };

export interface RedisOptions {
  /** Loopback address to listen on: 127.0.0.1 unless told. */
  readonly host?: string;
  readonly password?: string;
  /** Listens on a unix socket too. */
  readonly unixSocket?: boolean;
  /** Listens for TLS too. */
  readonly tls?: RedisTls;
  /** A member of a Redis Cluster, which has no slots yet. */
  readonly cluster?: boolean;
  /** Further arguments of redis-server, as on its command line. */
  readonly args?: readonly string[];
}

export interface RedisTls extends CertificateFiles {
  readonly port: number;
  /** The authority that clients' certificates come from: path of a PEM file. */
  readonly ca: string;
  /** Whether clients must have a certificate. */
  readonly clientCertificates: boolean;
}

/**
 * Starts a real Redis on a free port, which persists nothing. Resolves when it answers.
 * @throws {FixtureError} `SHARDMUX_FIXTURE_MISSING` or `SHARDMUX_FIXTURE_FAILED`.
 */
export async function startRedis(options: RedisOptions = {}): Promise<RedisServer> {
  const host = options.host ?? '127.0.0.1';
  return started(new RedisServer(host, await freePort(host), options));
}

/** Each start begins empty, but for what a replica has written. */
export class RedisServer extends ServerFixture {
  readonly host: string;
  readonly port: number;
  readonly endpoint: Endpoint;
  /** Null where no unix socket was asked for. */
  readonly unixEndpoint: Endpoint | null;
  /** Null where no TLS was asked for. */
  readonly tlsEndpoint: Endpoint | null;
  readonly #args: readonly string[];
  readonly #cluster: boolean;
  #busPort: number | null = null;

  constructor(host: string, port: number, options: RedisOptions) {
    super();
    this.host = host;
    this.port = port;
    this.endpoint = { kind: 'tcp', host, port };
    this.unixEndpoint = options.unixSocket ? { kind: 'unix', path: `${this.folder.path}/redis.sock` } : null;
    this.tlsEndpoint = options.tls === undefined ? null : { kind: 'tcp', host, port: options.tls.port };
    this.#args = [
      ...['--port', String(port), '--bind', host, '--dir', this.folder.path],
      ...['--save', '', '--appendonly', 'no'],
      ...(options.password === undefined ? [] : ['--requirepass', options.password]),
      ...(this.unixEndpoint === null ? [] : ['--unixsocket', this.unixEndpoint.path]),
      ...(options.tls === undefined ? [] : tlsArgs(options.tls)),
      ...(options.args ?? []),
    ];
    this.#cluster = options.cluster ?? false;
  }

  protected async launch(): Promise<Launch> {
    return { program: PROGRAM, args: [...this.#args, ...(await this.#clusterArgs())] };
  }

  /** Told no port for its bus, Redis takes one 10000 above its own, where outgoing connections have theirs. */
  async #clusterArgs(): Promise<string[]> {
    if (!this.#cluster) return [];
    this.#busPort ??= await freePort(this.host);
    return ['--cluster-enabled', 'yes', '--cluster-port', String(this.#busPort)];
  }

  /** Any answer will do: with a password set it is an error. */
  protected async answers(): Promise<boolean> {
    try {
      const client = await connectRaw(this.unixEndpoint ?? this.endpoint);
      await client.command('PING');
      await client.close();
      return true;
    } catch {
      return false;
    }
  }
}

function tlsArgs({ port, ca, cert, key, clientCertificates }: RedisTls): string[] {
  return [
    ...['--tls-port', String(port), '--tls-ca-cert-file', ca, '--tls-cert-file', cert, '--tls-key-file', key],
    ...['--tls-auth-clients', clientCertificates ? 'yes' : 'no'],
  ];
}
