/** How long workers may take to answer another, in ms; those that do not are left out. */
const PATIENCE = 1_000;

interface PeerQuestion {
  readonly answers: unknown[];
  readonly asked: number;
  readonly done: (answers: readonly unknown[]) => void;
  readonly timer: NodeJS.Timeout;
}

/** What one worker asked of the others, until all have answered or should have. */
export class PeerQuestions {
  readonly #open = new Map<number, PeerQuestion>();
  #rounds = 0;

  /** Returns the round by which answers are known. @param asked how many answers there can be. */
  open(asked: number, done: PeerQuestion['done']): number {
    const round = ++this.#rounds;
    const timer = setTimeout(() => this.#close(round), PATIENCE);
    this.#open.set(round, { answers: [], asked, done, timer });
    if (asked === 0) this.#close(round);
    return round;
  }

  answered(round: number, answer: unknown): void {
    const question = this.#open.get(round);
    if (question === undefined) return;
    question.answers.push(answer);
    if (question.answers.length === question.asked) this.#close(round);
  }

  #close(round: number): void {
    const question = this.#open.get(round);
    if (question === undefined) return;
    clearTimeout(question.timer);
    this.#open.delete(round);
    question.done(question.answers);
  }
}
