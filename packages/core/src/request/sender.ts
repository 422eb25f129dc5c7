import type { CommandSpec } from '@shardmux/plugin-api';

/** On whose behalf a request is sent: what a link must know of a session. */
export interface Sender {
  /** Decides which of a node's links it keeps to. */
  readonly number: number;
  /** In which state its links are: one of the pool's link classes. */
  readonly linkClass: number;
  /** Used while the requests of a lost link are sorted. */
  lastLostWrite: number;
  /** A link took one of its requests. @param server the ordinal of the link's. */
  sent(bytes: number, spec: CommandSpec, server: number): void;
  /** A link let go of one: it is answered, or another link has it. */
  returned(bytes: number, spec: CommandSpec, server: number): void;
  /** A link that it waited for has room again. */
  wake(): void;
}
