import { createServer, type SecureContextOptions, type Server } from 'node:tls';

export interface ClientRules {
  /** Asks clients for a certificate. */
  readonly requestCert: boolean;
  /** Refuses those that have none, or one from an unknown authority. */
  readonly rejectUnauthorized: boolean;
}

/**
 * How long a client may take to become secure, in ms. Until then nobody counts it, so that it would cost nothing to
 * hold many connections open.
 */
const HANDSHAKE_TIMEOUT = 10_000;

/** What clients are shown, and what they are asked for: the same by every listener of a transport. */
export class ClientIdentity {
  readonly #rules: ClientRules;
  #context: SecureContextOptions;
  readonly #servers: Server[] = [];

  constructor(context: SecureContextOptions, rules: ClientRules) {
    this.#context = context;
    this.#rules = rules;
  }

  /** A server that shakes hands with the connections it is given, and listens nowhere. */
  createServer(): Server {
    const server = createServer({ ...this.#context, ...this.#rules, handshakeTimeout: HANDSHAKE_TIMEOUT });
    this.#servers.push(server);
    return server;
  }

  /** For handshakes to come. Sessions from before are not resumed: their tickets were made by another context. */
  renew(context: SecureContextOptions): void {
    this.#context = context;
    for (const server of this.#servers) server.setSecureContext(context);
  }
}
