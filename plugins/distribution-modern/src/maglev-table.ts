/** A node as the table sees it: the order in which it would like to have the entries, and how often it may choose. */
export interface Chooser {
  /** Its first choice, in `[0, size)`. */
  readonly offset: number;
  /** How far it is from one choice to the next, in `[1, size)`. */
  readonly skip: number;
  /** A positive integer. */
  readonly weight: number;
}

/**
 * The lookup table of Maglev (Eisenbud and others, NSDI 2016, section 3.4): round after round each node takes, of
 * the entries that are left, the one that stands first in its own permutation of all entries.
 *
 * Weights as the paper has them, by how often a node's turn comes: the heaviest choose in every round, the others
 * in the first one and then in proportion to their weight. So no node is left without entries while there are at
 * least as many entries as nodes.
 *
 * @param size a prime number: then every skip leads through all entries
 * @returns for each entry, which of `choosers` owns it
 */
export function maglevTable(choosers: readonly Chooser[], size: number): Uint32Array {
  const owners = new Uint32Array(size);
  const isTaken = new Uint8Array(size);
  const heaviest = choosers.reduce((most, { weight }) => Math.max(most, weight), 0);
  const choices = choosers.map(({ offset }) => offset);
  // A turn costs the heaviest weight; everybody can pay the first.
  const credits = choosers.map(({ weight }) => heaviest - weight);
  for (let taken = 0; taken < size; ) {
    for (let i = 0; i < choosers.length && taken < size; i++) {
      const { skip, weight } = choosers[i];
      credits[i] += weight;
      if (credits[i] < heaviest) continue;
      credits[i] -= heaviest;
      let entry = choices[i];
      while (isTaken[entry] === 1) {
        entry += skip;
        if (entry >= size) entry -= size;
      }
      isTaken[entry] = 1;
      owners[entry] = i;
      choices[i] = entry;
      taken++;
    }
  }
  return owners;
}
