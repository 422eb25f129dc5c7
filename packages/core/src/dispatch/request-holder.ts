import type { Failure } from '@shardmux/plugin-api';
import type { Request } from '../request/request.js';

/** A link, to those who pair its requests with replies or find another server for them. */
export interface RequestHolder {
  /** Of the server. */
  readonly server: string;
  /** Of the server; empty where it has none. */
  readonly host: string;
  /** Makes room for a request's bytes; the caller fills `request.bytes[start, end)`, then queues it. */
  reserve(request: Request, length: number): void;
  queue(request: Request): void;
  /**
   * Another link takes what was sent here, and has no reply yet.
   * @param prelude goes before it, and has a reply of its own.
   */
  sendOn(request: Request, to: RequestHolder, prelude: Uint8Array | null): void;
  /** No server takes what was sent here. */
  giveUp(request: Request, failure: Failure): void;
  /** Lets go of a request whose owner is served. */
  drop(request: Request): void;
}
