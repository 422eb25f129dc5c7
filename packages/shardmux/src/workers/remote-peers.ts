import type { RealmPeers } from '@shardmux/plugin-api';
import type { Send } from './messages.js';

/** The other workers' parts of one pool, which are asked through the primary process. */
export class RemotePeers implements RealmPeers {
  readonly #pool: string;
  readonly #send: Send;
  readonly #unanswered = new Map<number, (answers: readonly unknown[]) => void>();
  #requests = 0;

  constructor(pool: string, send: Send) {
    this.#pool = pool;
    this.#send = send;
  }

  ask(question: unknown): Promise<readonly unknown[]> {
    const request = this.#requests++;
    return new Promise((resolve) => {
      this.#unanswered.set(request, resolve);
      void this.#send({ type: 'ask', pool: this.#pool, request, question });
    });
  }

  /** The primary has all answers there are. */
  answered(request: number, answers: readonly unknown[]): void {
    this.#unanswered.get(request)?.(answers);
    this.#unanswered.delete(request);
  }
}
