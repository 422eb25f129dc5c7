/** Decides how many clients there may be, for one process or for several together. */
export interface Admission {
  /** Calls back, at once or later, with whether one more client may come in. */
  request(decided: (admitted: boolean) => void): void;
  /** A client that was admitted is gone. */
  release(): void;
}

/** Counts the clients of this process alone. */
export class LocalAdmission implements Admission {
  readonly #limit: number;
  #admitted = 0;

  /** @param limit 0 for none. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  request(decided: (admitted: boolean) => void): void {
    const admitted = this.#limit === 0 || this.#admitted < this.#limit;
    if (admitted) this.#admitted++;
    decided(admitted);
  }

  release(): void {
    this.#admitted--;
  }
}
