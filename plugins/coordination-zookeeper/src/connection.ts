import { connect, type Socket } from 'node:net';
import { JuteReader, JuteWriter } from './jute.js';
import { Operation, type Request, Xid, ZooKeeperError } from './protocol.js';

export interface Server {
  readonly host: string;
  readonly port: number;
}

/** What a session is continued by, on whatever server. */
export interface Ticket {
  /** 0: a new one. */
  readonly id: bigint;
  readonly password: Uint8Array;
  /** After how long without a sign it expires, in ms. */
  readonly timeout: number;
}

export interface ConnectionOptions {
  readonly server: Server;
  readonly ticket: Ticket;
  /** The last transaction that was seen: no server may serve that is behind. */
  readonly transaction: bigint;
  /** `user:password`; `null`: nobody logs in. */
  readonly credentials: string | null;
  /** How long a server may owe an answer, in ms. */
  readonly patience: number;
  /** A watch on the path has fired. */
  readonly event: (path: string) => void;
}

/** The session of the ticket is no more. */
export class SessionExpiredError extends Error {}

interface Pending {
  readonly xid: number;
  readonly resolve: (reader: JuteReader) => void;
  readonly reject: (error: Error) => void;
}

const NO_PASSWORD = new Uint8Array(16);
const MAX_FRAME = 64 * 1024 * 1024;

export const newTicket = (timeout: number): Ticket => ({ id: 0n, password: NO_PASSWORD, timeout });

/**
 * One connection to one server.
 *
 *   connecting ──ticket──► open ──error, silence, close──► closed
 *        └── error, expired, `patience` ──► closed
 *
 * A server that owes an answer and sends nothing for `patience` is given up: the kernel may take bytes for minutes that
 * nobody will read.
 */
export class Connection {
  /** Resolves when it stands. Rejects with `SessionExpiredError`, or with what went wrong. */
  readonly opened: Promise<Ticket>;
  /** Resolves with the cause when all is over. */
  readonly closed: Promise<Error>;
  /** The last one that the server has told of. */
  transaction: bigint;
  readonly #options: ConnectionOptions;
  readonly #socket: Socket;
  readonly #pending: Pending[] = [];
  #greet: ((ticket: Ticket) => void) | null = null;
  #received: Buffer = Buffer.alloc(0);
  #xid = 0;
  #pulse: NodeJS.Timeout | undefined;
  /** Since when the server owes an answer; `null`: it owes none. */
  #owedSince: number | null = performance.now();

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.transaction = options.transaction;
    this.#socket = connect({ ...options.server, noDelay: true });
    this.#socket.on('data', (bytes) => this.#take(bytes));
    this.#watchPulse(options.patience / 2);
    let cause = new Error('the connection is closed');
    this.#socket.on('error', (error) => {
      cause = error;
    });
    this.closed = new Promise((resolve) => this.#socket.once('close', () => resolve(cause)));
    this.opened = new Promise((resolve, reject) => {
      this.#greet = resolve;
      void this.closed.then((error) => this.#over(error, reject));
    });
    this.#introduce();
  }

  /** Rejects with a `ZooKeeperError`, or with the cause of the connection's end. */
  call({ operation, write }: Request): Promise<JuteReader> {
    const xid = ++this.#xid;
    const writer = new JuteWriter().int(xid).int(operation);
    write(writer);
    this.#send(writer);
    return new Promise((resolve, reject) => this.#pending.push({ xid, resolve, reject }));
  }

  /** Ends the session too. */
  end(): void {
    this.#send(new JuteWriter().int(++this.#xid).int(Operation.closeSession));
    this.#socket.end();
  }

  destroy(cause?: Error): void {
    this.#socket.destroy(cause);
  }

  #introduce(): void {
    const { ticket, credentials } = this.#options;
    const greeting = new JuteWriter().int(0).long(this.transaction).int(ticket.timeout);
    this.#socket.write(greeting.long(ticket.id).bytes(ticket.password).bool(false).frame());
    if (credentials === null) return;
    const login = new JuteWriter().int(Xid.auth).int(Operation.auth).int(0);
    this.#socket.write(login.text('digest').text(credentials).frame());
  }

  #send(writer: JuteWriter): void {
    this.#owedSince ??= performance.now();
    this.#socket.write(writer.frame());
  }

  #take(bytes: Buffer): void {
    this.#owedSince = performance.now();
    let rest = Buffer.concat([this.#received, bytes]);
    while (rest.length >= 4) {
      const end = 4 + rest.readUInt32BE();
      if (end > MAX_FRAME) this.destroy(new Error('what it sends is not of ZooKeeper'));
      if (end > rest.length) break;
      this.#frame(new JuteReader(rest.subarray(4, end)));
      rest = rest.subarray(end);
    }
    this.#received = rest;
    if (this.#pending.length === 0 && this.#greet === null) this.#owedSince = null;
  }

  #frame(reader: JuteReader): void {
    if (this.#greet !== null) this.#welcome(reader, this.#greet);
    else this.#reply(reader.int(), reader.long(), reader.int(), reader);
  }

  #reply(xid: number, transaction: bigint, fault: number, reader: JuteReader): void {
    if (transaction > this.transaction) this.transaction = transaction;
    if (xid === Xid.event) this.#event(reader);
    if (xid === Xid.auth && fault !== 0) this.destroy(new Error('user or password is wrong'));
    if (xid < 0) return;
    const request = this.#pending.shift();
    if (request?.xid !== xid) this.destroy(new Error('its replies are out of order'));
    else if (fault === 0) request.resolve(reader);
    else request.reject(new ZooKeeperError(fault));
  }

  #welcome(reader: JuteReader, greet: (ticket: Ticket) => void): void {
    reader.int();
    const timeout = reader.int();
    const ticket = { id: reader.long(), password: Uint8Array.from(reader.bytes()), timeout };
    this.#greet = null;
    this.#watchPulse(Math.min(this.#options.patience / 2, timeout / 3));
    if (timeout > 0) greet(ticket);
    else this.destroy(new SessionExpiredError('the session has expired'));
  }

  #event(reader: JuteReader): void {
    reader.int();
    reader.int();
    this.#options.event(reader.text());
  }

  #watchPulse(interval: number): void {
    clearInterval(this.#pulse);
    this.#pulse = setInterval(() => {
      if (this.#owedSince === null) this.#send(new JuteWriter().int(Xid.ping).int(Operation.ping));
      else if (performance.now() - this.#owedSince >= this.#options.patience) {
        this.destroy(new Error(`no answer in ${this.#options.patience} ms`));
      }
    }, interval);
  }

  #over(cause: Error, reject: (error: Error) => void): void {
    clearInterval(this.#pulse);
    reject(cause);
    for (const request of this.#pending.splice(0)) request.reject(cause);
  }
}
