/** On whose behalf a request is sent: what a link must know of a session. */
export interface Sender {
  /** Decides which of a node's links it keeps to. */
  readonly number: number;
  /** In which state its links are: one of the pool's link classes. */
  readonly linkClass: number;
  /** Used while the requests of a lost link are sorted. */
  lastLostWrite: number;
  /** A link took one of its requests. */
  sent(bytes: number): void;
  /** A link let go of one. */
  returned(bytes: number): void;
  /** A link that it waited for has room again. */
  wake(): void;
}
