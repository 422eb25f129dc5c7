import type { Endpoint } from '@shardmux/plugin-api';
import type { CertificateFiles } from './certificates.js';
import { freePort } from './free-port.js';
import { connectRaw } from './raw-client.js';
import { ServerProcess } from './server-process.js';
import { TemporaryFolder } from './temporary-folder.js';

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
  const server = new RedisServer(host, await freePort(host), options);
  try {
    await server.restart();
  } catch (error) {
    await server.stop();
    throw error;
  }
  return server;
}

/**
 *   restart ──► running ──freeze──► frozen
 *      ▲           │  ◄────thaw───────┘
 *      └── down ◄──┴── kill
 *
 *   stop, from anywhere: the process and its folder are gone
 */
export class RedisServer {
  readonly host: string;
  readonly port: number;
  readonly endpoint: Endpoint;
  /** Null where no unix socket was asked for. */
  readonly unixEndpoint: Endpoint | null;
  /** Null where no TLS was asked for. */
  readonly tlsEndpoint: Endpoint | null;
  readonly #folder = new TemporaryFolder();
  readonly #args: readonly string[];
  readonly #cluster: boolean;
  #busPort: number | null = null;
  #process: ServerProcess | null = null;

  constructor(host: string, port: number, options: RedisOptions) {
    this.host = host;
    this.port = port;
    this.endpoint = { kind: 'tcp', host, port };
    this.unixEndpoint = options.unixSocket ? { kind: 'unix', path: `${this.#folder.path}/redis.sock` } : null;
    this.tlsEndpoint = options.tls === undefined ? null : { kind: 'tcp', host, port: options.tls.port };
    this.#args = [
      ...['--port', String(port), '--bind', host, '--dir', this.#folder.path],
      ...['--save', '', '--appendonly', 'no'],
      ...(options.password === undefined ? [] : ['--requirepass', options.password]),
      ...(this.unixEndpoint === null ? [] : ['--unixsocket', this.unixEndpoint.path]),
      ...(options.tls === undefined ? [] : tlsArgs(options.tls)),
      ...(options.args ?? []),
    ];
    this.#cluster = options.cluster ?? false;
  }

  get pid(): number {
    return this.#running.pid;
  }

  get log(): string {
    return this.#running.log;
  }

  /** Starts it on its port, empty, after killing what still runs. Resolves when it answers. */
  async restart(): Promise<void> {
    await this.#process?.stop();
    this.#process = await ServerProcess.start(PROGRAM, [...this.#args, ...(await this.#clusterArgs())]);
    await this.#process.ready(() => this.#answers());
  }

  /** Resolves when the process is gone. A frozen one obeys SIGKILL alone. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    this.#running.signal(signal);
    await this.#running.exited;
  }

  /** It keeps its connections and answers nothing; the kernel still accepts new ones. */
  freeze(): void {
    this.#running.freeze();
  }

  thaw(): void {
    this.#running.thaw();
  }

  /** May be called twice. */
  async stop(): Promise<void> {
    await this.#process?.stop();
    this.#folder.remove();
  }

  /** Told no port for its bus, Redis takes one 10000 above its own, where outgoing connections have theirs. */
  async #clusterArgs(): Promise<string[]> {
    if (!this.#cluster) return [];
    this.#busPort ??= await freePort(this.host);
    return ['--cluster-enabled', 'yes', '--cluster-port', String(this.#busPort)];
  }

  get #running(): ServerProcess {
    return this.#process!;
  }

  /** Any answer will do: with a password set it is an error. */
  async #answers(): Promise<boolean> {
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
