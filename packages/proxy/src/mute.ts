import type { Engine, Request, RequestOwner } from '@shardmux/core';

/** Owns a request whose reply the client does not want. */
export class Mute implements RequestOwner {
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  settle(request: Request): void {
    this.#engine.requests.release(request);
  }

  fail(request: Request): void {
    this.#engine.requests.release(request);
  }
}
