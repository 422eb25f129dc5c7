import { type Likeness, parseTree, textOf } from './reply-tree.js';
import type { ServerCommand } from './server-commands.js';

/** What may differ though the server's own tips do not say so. */
export interface Exception {
  /** As COMMAND has them: `xgroup|create`. None: it holds for all commands. */
  readonly names?: readonly string[];
  /** Replies have to be no more alike than so; */
  readonly likeness?: Likeness;
  /** or what is under test may give an error with these words, whatever the plain server says. */
  readonly error?: RegExp;
  readonly reason: string;
}

/** Tells how much two servers' replies to a command may differ. */
export class Tolerance {
  /** The exceptions that have forgiven something. */
  readonly used = new Set<Exception>();
  readonly #byTips: ReadonlyMap<string, Likeness>;
  readonly #exceptions: readonly Exception[];

  constructor(commands: readonly ServerCommand[], exceptions: readonly Exception[]) {
    this.#byTips = new Map(commands.map((command) => [command.name, likenessByTips(command)]));
    this.#exceptions = exceptions;
  }

  /** @param name as COMMAND has it. */
  areAlike(name: string, ours: Buffer, plain: Buffer): boolean {
    if (ours.equals(plain)) return true;
    const [mine, reference] = [parseTree(ours), parseTree(plain)];
    const areAlike = (likeness: Likeness) => textOf(mine, likeness) === textOf(reference, likeness);
    if (areAlike(this.#byTips.get(name) ?? 'bytes')) return true;
    const exception = this.#exceptions.find(
      ({ names, likeness, error }) =>
        (names === undefined || names.includes(name)) &&
        (likeness === undefined ? mine.type === '-' && error?.test(mine.text ?? '') : areAlike(likeness)),
    );
    if (exception !== undefined) this.used.add(exception);
    return exception !== undefined;
  }
}

function likenessByTips({ name, tips }: ServerCommand): Likeness {
  if (tips.includes('nondeterministic_output')) return 'shape';
  if (!tips.includes('nondeterministic_output_order')) return 'bytes';
  return name === 'hgetall' ? 'pairs' : 'unordered';
}
