/** Does one thing after the other, so that what was read earlier is not taken in later. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();
  #next: Promise<void> | null = null;

  take<Result>(step: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(step);
    this.#last = result.catch(() => {});
    return result;
  }

  /** Looks at something, always the same: one look that has not begun is enough for all who ask for it. */
  look(step: () => Promise<void>): Promise<void> {
    this.#next ??= this.take(() => {
      this.#next = null;
      return step();
    });
    return this.#next;
  }
}
