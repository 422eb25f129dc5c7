import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, isIP } from 'node:net';
import type { TcpEndpoint } from '@shardmux/config-file';
import type { Logger } from '@shardmux/core';
import type { SlowLogConfig } from '../config/normalised.js';
import { latencyDocument, slowLogDocument } from './documents.js';
import { metricsText } from './metrics-text.js';
import type { WorkerReport } from './report.js';

const TEXT = 'text/plain; version=0.0.4; charset=utf-8';
const JSON_TYPE = 'application/json';

export interface TelemetryServerOptions {
  readonly endpoint: TcpEndpoint;
  readonly slowlog: SlowLogConfig;
  /** What all processes have recorded. */
  readonly collect: () => Promise<readonly WorkerReport[]>;
  readonly logger: Logger;
}

/**
 * Serves what was recorded, over HTTP, to whoever can connect.
 *
 *   GET /metrics   the text format of Prometheus
 *   GET /slowlog   SlowLogDocument, as JSON
 *   GET /latency   LatencyDocument, as JSON
 */
export class TelemetryServer {
  readonly #options: TelemetryServerOptions;
  readonly #server: Server;
  readonly #pages: Readonly<Record<string, [type: string, (reports: readonly WorkerReport[]) => string]>>;

  constructor(options: TelemetryServerOptions) {
    const { threshold, length } = options.slowlog;
    this.#options = options;
    this.#pages = {
      '/metrics': [TEXT, metricsText],
      '/slowlog': [JSON_TYPE, (reports) => JSON.stringify(slowLogDocument(reports, threshold, length))],
      '/latency': [JSON_TYPE, (reports) => JSON.stringify(latencyDocument(reports))],
    };
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  /**
   * Resolves with the endpoint as bound.
   * @throws the system's error where it cannot be bound.
   */
  async start(): Promise<TcpEndpoint> {
    const { endpoint, logger } = this.#options;
    this.#server.listen(endpoint);
    await once(this.#server, 'listening');
    this.#server.on('error', (error) => logger.warn(`telemetry: ${error.message}`));
    const { port } = this.#server.address() as AddressInfo;
    return { ...endpoint, port };
  }

  /** May be called twice, and before it has started. */
  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  async #serve({ method, url = '', headers }: IncomingMessage, response: ServerResponse): Promise<void> {
    const [path] = url.split('?', 1);
    const page = Object.hasOwn(this.#pages, path) ? this.#pages[path] : null;
    if (!isMeant(headers.host, this.#options.endpoint.host)) response.writeHead(403).end();
    else if (page === null) response.writeHead(404).end();
    else if (method !== 'GET') response.writeHead(405, { allow: 'GET' }).end();
    else await this.#answer(response, ...page);
  }

  async #answer(
    response: ServerResponse,
    type: string,
    render: (reports: readonly WorkerReport[]) => string,
  ): Promise<void> {
    try {
      const body = render(await this.#options.collect());
      response.writeHead(200, { 'content-type': type }).end(body);
    } catch (error) {
      this.#options.logger.warn(`telemetry: ${error instanceof Error ? error.message : String(error)}`);
      response.writeHead(500).end();
    }
  }
}

/**
 * A page in a browser on this machine can reach what listens on loopback, by a name of its own that leads here. The
 * browser says that name, and no page may read an answer that it got by an address.
 */
function isMeant(host: string | undefined, listen: string): boolean {
  if (!isLoopback(listen)) return true;
  const name = host?.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1') ?? '';
  return name === 'localhost' || isIP(name) !== 0;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\./.test(host);
}
