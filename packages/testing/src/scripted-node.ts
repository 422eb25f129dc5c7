import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import type { Endpoint } from '@shardmux/plugin-api';
import { FixtureError } from './fixture-error.js';
import { freePort } from './free-port.js';
import { Inbox } from './inbox.js';
import { parseReply } from './reply.js';
import { valueEnd } from './value-end.js';

const HOST = '127.0.0.1';

/** What the node does with one connection. The connection stays open when it is through. */
export type Script = (peer: ScriptedPeer) => Promise<void> | void;

/**
 * Starts a TCP server that plays a script on each connection, where a server is needed that breaks the rules: one
 * that answers garbage, or before it was asked, or never, or closes halfway.
 */
export async function startScriptedNode(script: Script): Promise<ScriptedNode> {
  const port = await freePort(HOST);
  const server = createServer({ allowHalfOpen: true, noDelay: true });
  await once(server.listen(port, HOST), 'listening');
  return new ScriptedNode(server, port, script);
}

export class ScriptedNode {
  readonly host = HOST;
  readonly port: number;
  readonly endpoint: Endpoint;
  /** Every connection so far, in the order they came. */
  readonly peers: ScriptedPeer[] = [];
  readonly #server: Server;
  readonly #closed: Promise<unknown>;
  readonly #errors: unknown[] = [];

  constructor(server: Server, port: number, script: Script) {
    this.#server = server;
    this.port = port;
    this.endpoint = { kind: 'tcp', host: HOST, port };
    this.#closed = once(server, 'close');
    server.on('connection', (socket) => this.#play(script, socket));
  }

  /** Stops listening and resets what is open. Rejects with the first error that a script ended with. */
  async stop(): Promise<void> {
    this.#server.close();
    for (const peer of this.peers) peer.reset();
    await this.#closed;
    if (this.#errors.length > 0) throw this.#errors[0];
  }

  async #play(script: Script, socket: Socket): Promise<void> {
    const peer = new ScriptedPeer(socket, this.peers.length);
    this.peers.push(peer);
    try {
      await script(peer);
    } catch (error) {
      const left = FixtureError.is(error) && error.code === 'SHARDMUX_FIXTURE_CLOSED';
      if (!left) this.#errors.push(error);
    }
  }
}

/** The other side of one connection to a scripted node. What waits for it to send rejects when it leaves. */
export class ScriptedPeer {
  /** How many connections came before. */
  readonly index: number;
  readonly #socket: Socket;
  readonly #inbox = new Inbox();
  readonly #chunks: Buffer[] = [];

  constructor(socket: Socket, index: number) {
    this.index = index;
    this.#socket = socket;
    socket.on('data', (chunk) => {
      this.#chunks.push(chunk);
      this.#inbox.push(chunk);
    });
    socket.on('end', () => this.#inbox.end());
    socket.on('close', () => this.#inbox.end());
    socket.on('error', () => {});
  }

  /** All that it has sent so far, taken by the script or not. */
  get received(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  /** The next bytes that it sends. */
  bytes(count: number): Promise<Buffer> {
    return this.#inbox.take((_bytes, start, end) => (end - start < count ? -1 : start + count));
  }

  /** The next whole command that it sends, as an array of strings. */
  async command(): Promise<string[]> {
    const command = parseReply(await this.#inbox.take(valueEnd), true);
    return (Array.isArray(command) ? command : [command]).map(String);
  }

  send(bytes: string | Uint8Array): void {
    if (this.#socket.writable) this.#socket.write(bytes);
  }

  /** Sends what was given to `send`, then FIN. */
  end(): void {
    this.#socket.end();
  }

  /** Drops the connection by RST. */
  reset(): void {
    this.#socket.resetAndDestroy();
  }
}
