import { type Channel, type Handshake, ReplyClass } from '@shardmux/plugin-api';

/** What a new connection says before requests may use it, and what is still owed of the answer. */
export class Handshaking {
  readonly #optional: number;
  #owed: number;

  constructor(channel: Channel, { request, replies, optional = 0 }: Handshake) {
    this.#optional = optional;
    this.#owed = replies;
    channel.write(request, 0, request.length);
  }

  get isOver(): boolean {
    return this.#owed === 0;
  }

  /** Takes the reply `bytes[start, end)`. Returns why the connection cannot be used, or `null`. */
  take(bytes: Uint8Array, start: number, end: number, replyClass: ReplyClass): Error | null {
    if (replyClass !== ReplyClass.ok && this.#owed > this.#optional)
      return refusedHandshake(bytes, start, end);
    this.#owed--;
    return null;
  }
}

/**
 * The error of a connection whose handshake a server has refused. From a quotation mark on a server may repeat what it
 * was sent, the password too: one that does not know AUTH does.
 * @param bytes the reply is `bytes[start, end)`.
 */
function refusedHandshake(bytes: Uint8Array, start: number, end: number): Error {
  const text = Buffer.from(bytes.subarray(start, end))
    .toString('latin1')
    .replace(/['"`].*/s, '…');
  return new Error(`the server refused the handshake: ${text.trim()}`);
}
