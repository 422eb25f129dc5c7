import type { Admission } from '@shardmux/proxy';
import type { Send } from './messages.js';

/** Asks the primary process, which counts the clients of all workers. */
export class RemoteAdmission implements Admission {
  readonly #pool: string;
  readonly #limit: number;
  readonly #send: Send;
  readonly #undecided = new Map<number, (admitted: boolean) => void>();
  #requests = 0;

  /** @param limit 0 for none: then nobody is asked. */
  constructor(pool: string, limit: number, send: Send) {
    this.#pool = pool;
    this.#limit = limit;
    this.#send = send;
  }

  request(decided: (admitted: boolean) => void): void {
    if (this.#limit === 0) {
      decided(true);
      return;
    }
    const request = this.#requests++;
    this.#undecided.set(request, decided);
    void this.#send({ type: 'admit', pool: this.#pool, request });
  }

  /** The primary has answered. */
  decided(request: number, admitted: boolean): void {
    const decided = this.#undecided.get(request);
    this.#undecided.delete(request);
    decided?.(admitted);
  }

  release(): void {
    if (this.#limit > 0) void this.#send({ type: 'release', pool: this.#pool });
  }
}
