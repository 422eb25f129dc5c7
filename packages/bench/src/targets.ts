/** Counts which targets were met. */
export class Targets {
  #met = 0;
  #missed = 0;

  /** Judges a figure that is to be at most the target. A figure that cannot be told is not judged. */
  atMost(figure: number, target: number): string {
    return this.#judge(figure <= target, figure, target);
  }

  /** Judges a figure that is to be at least the target. */
  atLeast(figure: number, target: number): string {
    return this.#judge(figure >= target, figure, target);
  }

  summary(): string {
    return `Targets met: ${this.#met}, missed: ${this.#missed}.`;
  }

  #judge(met: boolean, figure: number, target: number): string {
    if (Number.isNaN(figure)) return '-';
    if (met) this.#met++;
    else this.#missed++;
    return `${met ? '✓' : '✗'} ${target.toFixed(2)}`;
  }
}
