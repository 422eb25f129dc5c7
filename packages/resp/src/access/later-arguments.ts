import type { Arguments } from '../commands/refusal.js';

/** The command that is an argument of another, and the arguments behind it. */
export class LaterArguments implements Arguments {
  readonly bytes: Uint8Array;
  readonly argCount: number;
  readonly #command: Arguments;
  readonly #first: number;

  /** @param first where the inner command's name stands. */
  constructor(command: Arguments, first: number) {
    this.bytes = command.bytes;
    this.argCount = command.argCount - first;
    this.#command = command;
    this.#first = first;
  }

  argStart(index: number): number {
    return this.#command.argStart(index + this.#first);
  }

  argEnd(index: number): number {
    return this.#command.argEnd(index + this.#first);
  }
}
