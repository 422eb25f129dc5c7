import { connect, type Socket } from 'node:net';
import type { Endpoint } from '@shardmux/plugin-api';
import { type Faults, RelayFlow } from './relay-flow.js';

/** A client's connection and the one that the relay opened to the target for it. */
export class RelayedConnection {
  readonly toServer: RelayFlow;
  readonly toClient: RelayFlow;
  /** Resolves when both sides are closed. */
  readonly gone: Promise<unknown>;
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #faults: Readonly<Faults>;
  #halved = false;

  constructor(client: Socket, target: Endpoint, faults: Readonly<Faults>) {
    const where = target.kind === 'unix' ? { path: target.path } : { host: target.host, port: target.port };
    const server = connect({ ...where, allowHalfOpen: true, noDelay: true });
    this.#client = client;
    this.#server = server;
    this.#faults = faults;
    this.toServer = new RelayFlow(client, server, faults);
    this.toClient = new RelayFlow(server, client, faults);
    this.gone = Promise.all([this.#watch(client, server), this.#watch(server, client)]);
  }

  /** The black hole swallowed bytes, or the end of one side: the connection can only be reset. */
  get broken(): boolean {
    return this.#halved || this.toServer.broken || this.toClient.broken;
  }

  cut(how: 'end' | 'reset'): void {
    for (const side of [this.#client, this.#server]) {
      if (how === 'end') side.end();
      else reset(side);
    }
  }

  /** @returns resolves when the side is closed. */
  #watch(side: Socket, other: Socket): Promise<void> {
    side.on('error', () => {
      if (this.#faults.blackhole) this.#halved = true;
      else reset(other);
    });
    return new Promise((resolve) => side.on('close', () => resolve()));
  }
}

/** Node never closes a socket that is reset while its end is still on the way. */
function reset(side: Socket): void {
  if (side.writableEnded && !side.writableFinished) side.destroy();
  else side.resetAndDestroy();
}
