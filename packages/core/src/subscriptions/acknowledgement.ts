import type { Failure } from '@shardmux/plugin-api';

/** What the servers of one name say to one request to subscribe or to unsubscribe. */
export class Acknowledgement {
  #owed: number;
  /** One server at least has done it. */
  stands = false;
  /** Why one has not: its own error reply, or what befell its connection. */
  problem: Uint8Array | Failure | null = null;
  /** Is told when all have spoken. */
  onDone: (() => void) | null = null;

  /** @param owed how many servers are asked. */
  constructor(owed: number) {
    this.#owed = owed;
    if (owed === 0) this.problem = 'refused';
  }

  get isDone(): boolean {
    return this.#owed === 0;
  }

  confirmed(): void {
    this.stands = true;
    this.#heard();
  }

  failed(problem: Uint8Array | Failure): void {
    this.problem ??= problem;
    this.#heard();
  }

  #heard(): void {
    if (--this.#owed === 0) this.onDone?.();
  }
}
