import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Endpoint } from '@shardmux/plugin-api';
import { type Argument, encodeCommand } from './encode-command.js';
import { Inbox } from './inbox.js';
import { parseReply, type Reply } from './reply.js';
import { valueEnd } from './value-end.js';

export interface RawClientOptions {
  /** Replies have strings in place of Buffers. */
  readonly strings?: boolean;
}

/** @throws the system's error when nothing accepts the connection. */
export async function connectRaw(endpoint: Endpoint, options: RawClientOptions = {}): Promise<RawClient> {
  const socket = connect(endpoint.kind === 'unix' ? { path: endpoint.path } : endpoint);
  socket.setNoDelay(true);
  await once(socket, 'connect');
  return new RawClient(socket, options.strings ?? false);
}

/**
 * A client that sends exactly the bytes it is given and tells exactly what comes back: for tests.
 *
 * Every method that waits for a reply takes the next one that nobody else waits for, in the order of the calls.
 * They reject with `SHARDMUX_FIXTURE_CLOSED` when the connection ends first; replies that came before the end can
 * be read after it.
 */
export class RawClient {
  /** For what only a socket can do: pause, reset, the local port. */
  readonly socket: Socket;
  /** Resolves when the connection is gone, with the error that ended it or null. */
  readonly closed: Promise<Error | null>;
  readonly #inbox = new Inbox();
  readonly #strings: boolean;

  constructor(socket: Socket, strings: boolean) {
    this.socket = socket;
    this.#strings = strings;
    socket.on('data', (chunk) => this.#inbox.push(chunk));
    socket.on('end', () => this.#inbox.end());
    this.closed = new Promise((resolve) => {
      let cause: Error | null = null;
      socket.on('error', (error) => {
        cause = error;
      });
      socket.on('close', () => {
        this.#inbox.end();
        resolve(cause);
      });
    });
  }

  /** Sends bytes as they are; a string is encoded as UTF-8. */
  send(bytes: string | Uint8Array): void {
    this.socket.write(bytes);
  }

  /** The bytes of the next reply, RESP2 or RESP3. */
  readRaw(): Promise<Buffer> {
    return this.#inbox.take(valueEnd);
  }

  /** The next reply, which must be RESP2. */
  async read(): Promise<Reply> {
    return parseReply(await this.readRaw(), this.#strings);
  }

  command(...args: Argument[]): Promise<Reply> {
    this.send(encodeCommand(args));
    return this.read();
  }

  commandRaw(...args: Argument[]): Promise<Buffer> {
    this.send(encodeCommand(args));
    return this.readRaw();
  }

  /** Sends the commands in one write. */
  pipeline(commands: readonly (readonly Argument[])[]): Promise<Reply[]> {
    this.send(Buffer.concat(commands.map(encodeCommand)));
    return Promise.all(commands.map(() => this.read()));
  }

  /** What came in and was not read: nothing, if every reply was expected. */
  get unread(): Buffer {
    return this.#inbox.untaken;
  }

  /** Closes the connection once what was sent is in the kernel. Waits for no answer. May be called twice. */
  async close(): Promise<void> {
    this.socket.destroySoon();
    await this.closed;
  }
}
