import { encodeCommand } from '../../request/encode-command.js';

/** A Lua script that a client gave to one server at least. */
export class Script {
  /** The SHA-1 of its body: 40 lower-case hex digits. */
  readonly digits: Uint8Array;
  /** The request that gives it to a server. */
  readonly loading: Buffer;
  readonly body: Buffer;
  /** It passed since it was last considered to be forgotten. */
  isUsed = false;
  readonly #connections = new WeakSet<object>();

  /** All is copied, to memory of its own: it stays for long. */
  constructor(digits: Uint8Array, body: Uint8Array) {
    const request = encodeCommand('SCRIPT', 'LOAD', body);
    this.digits = new Uint8Array(digits);
    this.loading = Buffer.allocUnsafeSlow(request.length);
    this.loading.set(request);
    const end = this.loading.length - '\r\n'.length;
    this.body = this.loading.subarray(end - body.length, end);
  }

  /** Whether it went out on this connection, so that what goes there now finds it. @param connection `null`: not known. */
  wentOutOn(connection: object | null): boolean {
    return connection !== null && this.#connections.has(connection);
  }

  goesOutOn(connection: object | null): void {
    if (connection !== null) this.#connections.add(connection);
  }
}
