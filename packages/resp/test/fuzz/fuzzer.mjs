import { Checks } from './checks.mjs';
import { replies, requests } from './corpus.mjs';
import { Mutator } from './mutator.mjs';
import { Random } from './random.mjs';

/** How many inputs run between two looks at the clock. */
const BATCH = 1000;

/**
 * Feeds mutated inputs to a codec until `enough(inputs)` says so; a multiple of a thousand runs.
 * @returns how many there were.
 * @throws {Error} with the input that broke a rule, in hex, and the broken rule as its cause.
 */
export function fuzz(codec, seed, enough) {
  const random = new Random(seed);
  const mutator = new Mutator(random);
  const checks = new Checks(codec, random);
  let inputs = 0;
  while (!enough(inputs)) {
    for (let i = 0; i < BATCH; i++) runOne(random, mutator, checks, inputs++);
  }
  return inputs;
}

function runOne(random, mutator, checks, number) {
  const kind = random.pick(['requests', 'requests', 'replies', 'merges']);
  mutator.next(kind === 'requests' ? requests : replies);
  try {
    checks[kind](mutator.bytes, mutator.length);
  } catch (cause) {
    const hex = mutator.bytes.toString('hex', 0, mutator.length);
    throw new Error(`input ${number} (${kind}) broke a rule: ${hex}`, { cause });
  }
}
