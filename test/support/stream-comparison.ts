import { nameOf } from './commands-page.js';
import type { Command } from './random-stream.js';
import { elementsOf } from './reply-tree.js';
import type { Tolerance } from './tolerance.js';
import type { Exchange } from './twins.js';

const QUEUED = Buffer.from('+QUEUED\r\n');
const MINUS = 0x2d;
const ASTERISK = 0x2a;

/** Compares the replies to one command after the other of a connection, so that it knows what an EXEC is about. */
export class StreamComparison {
  readonly #tolerance: Tolerance;
  /** The commands that wait for EXEC. */
  #queued: string[] = [];

  constructor(tolerance: Tolerance) {
    this.#tolerance = tolerance;
  }

  areAlike(command: Command, { ours, plain }: Exchange): boolean {
    const name = nameOf(command);
    if (name === 'multi' && plain[0] !== MINUS) this.#queued = [];
    else if (plain.equals(QUEUED)) this.#queued.push(name);
    if (ours.equals(plain)) return true;
    if (name === 'exec' && plain[0] === ASTERISK && ours[0] === ASTERISK)
      return this.#areAlikeWithin(ours, plain);
    // An error in place of what has an effect would leave the two sides with different contents.
    const isOneError = (ours[0] === MINUS) !== (plain[0] === MINUS);
    return !isOneError && this.#tolerance.areAlike(name, ours, plain);
  }

  #areAlikeWithin(ours: Buffer, plain: Buffer): boolean {
    const [mine, references] = [elementsOf(ours), elementsOf(plain)];
    return (
      mine.length === references.length &&
      mine.every((reply, i) => this.#tolerance.areAlike(this.#queued[i], reply, references[i]))
    );
  }
}
