/** The clients of one pool over all workers: the limit holds in total, whoever accepted them. */
export class ClientCount {
  readonly #limit: number;
  readonly #perWorker = new Map<number, number>();
  #total = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** One more for a worker; false where there is no room. */
  admit(worker: number): boolean {
    if (this.#total >= this.#limit) return false;
    this.#total++;
    this.#perWorker.set(worker, (this.#perWorker.get(worker) ?? 0) + 1);
    return true;
  }

  release(worker: number): void {
    const count = this.#perWorker.get(worker) ?? 0;
    if (count === 0) return;
    this.#perWorker.set(worker, count - 1);
    this.#total--;
  }

  /** The worker is gone, and all its clients with it. */
  forget(worker: number): void {
    this.#total -= this.#perWorker.get(worker) ?? 0;
    this.#perWorker.delete(worker);
  }
}
