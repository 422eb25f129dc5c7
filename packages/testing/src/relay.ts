import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import type { Endpoint } from '@shardmux/plugin-api';
import { freePort } from './free-port.js';
import type { Faults } from './relay-flow.js';
import { RelayedConnection } from './relayed-connection.js';

const HOST = '127.0.0.1';

/**
 * Starts a TCP relay, which passes everything on to the target until it is told to misbehave.
 * @param port left out: a free one.
 */
export async function startRelay(target: Endpoint, port?: number): Promise<Relay> {
  const relay = new Relay(target, port ?? (await freePort(HOST)));
  await relay.resume();
  return relay;
}

/**
 * Stands between any client and server, and injects the faults of a network.
 *
 *   passing ──blackhole, delay, chop, refuse──► faulty ──resume──► passing
 *      └────────────── stop ──► gone ◄── stop ────┘
 *
 * Faults add up until `resume` ends them all, and hold for both directions. When the target refuses a connection,
 * the client sees it reset after it was accepted: no relay can take an acceptance back.
 */
export class Relay {
  readonly host = HOST;
  readonly port: number;
  readonly endpoint: Endpoint;
  /** Connections accepted so far. */
  connections = 0;
  readonly #target: Endpoint;
  readonly #faults: Faults = { blackhole: false, delay: 0, chop: 0 };
  readonly #open = new Set<RelayedConnection>();
  #closedBytes = { toServer: 0, toClient: 0 };
  #server: Server | null = null;

  constructor(target: Endpoint, port: number) {
    this.#target = target;
    this.port = port;
    this.endpoint = { kind: 'tcp', host: HOST, port };
  }

  get openConnections(): number {
    return this.#open.size;
  }

  /** Bytes that came in from clients, swallowed ones included. */
  get bytesToServer(): number {
    return this.#closedBytes.toServer + sum(this.#open, (connection) => connection.toServer.bytes);
  }

  /** Bytes that came in from the target, swallowed ones included. */
  get bytesToClient(): number {
    return this.#closedBytes.toClient + sum(this.#open, (connection) => connection.toClient.bytes);
  }

  /** Ends the open connections on both sides, by FIN (`end`) or by RST (`reset`). New ones are accepted. */
  cut(how: 'end' | 'reset'): void {
    for (const connection of this.#open) connection.cut(how);
  }

  /** Swallows what comes in, ends of connections too, without closing anything. */
  blackhole(): void {
    this.#faults.blackhole = true;
  }

  /** @param ms how much later bytes are passed on, in each direction. */
  delay(ms: number): void {
    this.#faults.delay = ms;
  }

  /** @param bytes the length of the pieces in which bytes are passed on, one a turn of the event loop. */
  chop(bytes: number): void {
    this.#faults.chop = bytes;
  }

  /** Stops listening: new connections are refused, open ones go on. */
  refuse(): void {
    this.#server?.close();
    this.#server = null;
  }

  /** Passes everything on again. Connections that lost bytes to the black hole are reset. */
  async resume(): Promise<void> {
    Object.assign(this.#faults, { blackhole: false, delay: 0, chop: 0 });
    for (const connection of this.#open) if (connection.broken) connection.cut('reset');
    if (this.#server !== null) return;
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => this.#accept(client));
    await once(this.#server.listen(this.port, HOST), 'listening');
  }

  /** Stops listening and resets what is open. Resolves when all is gone. May be called twice. */
  async stop(): Promise<void> {
    this.refuse();
    this.cut('reset');
    await Promise.all(Array.from(this.#open, (connection) => connection.gone));
  }

  #accept(client: Socket): void {
    this.connections++;
    const connection = new RelayedConnection(client, this.#target, this.#faults);
    this.#open.add(connection);
    connection.gone.then(() => {
      this.#open.delete(connection);
      this.#closedBytes.toServer += connection.toServer.bytes;
      this.#closedBytes.toClient += connection.toClient.bytes;
    });
  }
}

function sum<T>(items: Iterable<T>, of: (item: T) => number): number {
  let total = 0;
  for (const item of items) total += of(item);
  return total;
}
