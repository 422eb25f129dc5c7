import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, isIP } from 'node:net';
import type { TcpEndpoint } from '@shardmux/config-file';
import type { Logger } from '@shardmux/core';

/** What a path answers. */
export interface Page {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

export interface HttpServerOptions {
  /** What the log calls it. */
  readonly name: string;
  readonly endpoint: TcpEndpoint;
  /** By path. One that throws is logged, and answered by 500. */
  readonly pages: Readonly<Record<string, () => Promise<Page> | Page>>;
  readonly logger: Logger;
}

/** Serves a few pages over HTTP, to whoever can connect. */
export class HttpServer {
  readonly #options: HttpServerOptions;
  readonly #server: Server;

  constructor(options: HttpServerOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  /**
   * Resolves with the endpoint as bound.
   * @throws the system's error where it cannot be bound.
   */
  async start(): Promise<TcpEndpoint> {
    const { endpoint } = this.#options;
    this.#server.listen(endpoint);
    await once(this.#server, 'listening');
    this.#server.on('error', (error) => this.#warn(error));
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
    const { pages, endpoint } = this.#options;
    const [path] = url.split('?', 1);
    const page = Object.hasOwn(pages, path) ? pages[path] : null;
    if (!isMeant(headers.host, endpoint.host)) response.writeHead(403).end();
    else if (page === null) response.writeHead(404).end();
    else if (method !== 'GET') response.writeHead(405, { allow: 'GET' }).end();
    else await this.#answer(response, page);
  }

  async #answer(response: ServerResponse, page: () => Promise<Page> | Page): Promise<void> {
    try {
      const { status, type, body } = await page();
      response.writeHead(status, { 'content-type': type }).end(body);
    } catch (error) {
      this.#warn(error);
      response.writeHead(500).end();
    }
  }

  #warn(error: unknown): void {
    const { name, logger } = this.#options;
    logger.warn(`${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/**
 * A page in a browser on this machine can reach what listens on loopback, by a name of its own that leads here. The
 * browser says that name, and no page may read an answer that it got by an address. Balancers may say none.
 */
function isMeant(host: string | undefined, listen: string): boolean {
  if (host === undefined || !isLoopback(listen)) return true;
  const name = host.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
  return name === 'localhost' || isIP(name) !== 0;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\./.test(host);
}
