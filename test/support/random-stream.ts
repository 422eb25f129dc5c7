import { howHandled, isServed, nameOf } from './commands-page.js';
import { randomSource } from './random-source.js';
import { type Family, families } from './stream-templates.js';
import { type Argument, StreamWords } from './stream-words.js';

export type Command = readonly Argument[];

/** Commands that go together: a transaction, or what one command leaves to be put in order by the next. */
export type Step = readonly Command[];

type Line = readonly (readonly string[])[];

/** How often a step is of a family, in parts of the sum. */
const WEIGHTS: Readonly<Record<Family | 'transaction', number>> = {
  ...{ string: 200, hash: 120, list: 140, set: 130, zset: 160, stream: 150, hll: 40, bits: 70, geo: 70 },
  ...{ generic: 180, script: 60, keyspace: 30, rare: 0.2, link: 2, transaction: 50 },
};

/** The lines whose commands all are served, so that what comes to be served is tested from then on. */
const lines = new Map(
  Object.entries(families).map(([family, text]) => [family, text.split(/[|\n]/).flatMap(compile)]),
);

/** Those that may stand in a transaction as well, which runs on one server. */
const transactionLines = [...lines].flatMap(([family, all]) =>
  all.filter((line) => line.every(isForOneServer)).map((line) => ({ family: family as Family, line })),
);

const choices = Object.entries(WEIGHTS).filter(
  ([family]) => family === 'transaction' || lines.get(family)!.length > 0,
);
const sum = choices.reduce((total, [, weight]) => total + weight, 0);

function compile(text: string): Line[] {
  const line = text
    .split(';')
    .map((command) => command.trim().split(' '))
    .filter(([name]) => name !== '');
  return line.length > 0 && line.every((command) => isServed(nameOf(command))) ? [line] : [];
}

function isForOneServer(command: readonly string[]): boolean {
  const name = nameOf(command);
  // A channel lies where a key of its name does, which is not where the transaction's keys are.
  if (name === 'publish' || name === 'spublish') return false;
  return (
    /^(to the server of its keys(;|, where)|split|to any server)/.test(howHandled(name)) ||
    name === 'ping' ||
    name === 'echo'
  );
}

/** Makes one step after the other, the same for the same seed: most of them sensible, some spoilt. */
export class RandomStream {
  readonly #random: () => number;
  readonly #words: StreamWords;

  constructor(seed: number) {
    this.#random = randomSource(seed);
    this.#words = new StreamWords(this.#random);
  }

  next(): Step {
    const family = this.#family();
    if (family === 'transaction') return this.#transaction();
    const line = this.#pick(lines.get(family)!);
    // A pattern is good only where there is a tag.
    this.#words.enterGroup(line[0].includes('Q'));
    const step = this.#fill(family as Family, line);
    const canBeSpoilt = step.length === 1 && step[0].length > 1;
    return canBeSpoilt && this.#random() < 0.04 ? [this.#spoil(step[0])] : step;
  }

  #family(): string {
    let left = this.#random() * sum;
    const choice = choices.find(([, weight]) => {
      left -= weight;
      return left < 0;
    });
    return choice?.[0] ?? 'string';
  }

  #fill(family: Family, line: Line): Step {
    this.#words.chooseKey(family);
    return line.map((command) => {
      const [name, ...args] = command.flatMap((word) => this.#words.fill(word));
      return [this.#random() < 0.1 ? String(name).toLowerCase() : name, ...args];
    });
  }

  /** What is wrong with it is wrong at once: what fails later, for its keys, Redis would still have queued. */
  #transaction(): Step {
    this.#words.enterGroup(true);
    this.#words.staysInGroup = true;
    const count = Math.floor(this.#random() * 7);
    const steps = Array.from({ length: count }, () => {
      const { family, line } = this.#pick(transactionLines);
      return this.#fill(family, line);
    });
    this.#words.staysInGroup = false;
    if (this.#random() < 0.08) steps.push([this.#pick([['GET'], ['NOSUCH'], ['MULTI'], ['SET', 'x']])]);
    return [['MULTI'], ...steps.flat(), [this.#random() < 0.9 ? 'EXEC' : 'DISCARD']];
  }

  /** Arguments that are too few, too many, of the wrong kind. What is added could be a key beside the others. */
  #spoil(command: Command): Command {
    const at = 1 + Math.floor(this.#random() * command.length);
    const junk = this.#words.junk();
    return this.#pick([
      command.slice(0, -1),
      command.toSpliced(at, 0, junk),
      command.toSpliced(at, 1, junk),
      [...command, junk],
      ['NOSUCH', junk],
    ]);
  }

  #pick<Item>(items: readonly Item[]): Item {
    return items[Math.floor(this.#random() * items.length)];
  }
}
