/**
 * When a session's writes were over, by the ordinals of their servers: a replica that has all that its primary had
 * acknowledged after that has what the session wrote.
 *
 *   sent ──► under way ──► returned (answered, or another link has it: then it is under way there)
 */
export class OwnWrites {
  readonly #underWay: number[] = [];
  readonly #overAt: number[] = [];

  sent(server: number): void {
    this.#underWay[server] = (this.#underWay[server] ?? 0) + 1;
  }

  returned(server: number, now: number): void {
    this.#underWay[server]--;
    this.#overAt[server] = now;
  }

  /** Whether all of them on this server were over before then. */
  wereOverBefore(server: number, time: number): boolean {
    return !(this.#underWay[server] > 0) && !(this.#overAt[server] >= time);
  }
}
