import type { Distribution, DistributionNode, DistributionStrategy } from '@shardmux/plugin-api';
import { mix } from './mix.js';
import { nameDigest } from './name-digest.js';
import { nodeOrder } from './node-order.js';

/**
 * Rendezvous hashing, or highest random weight (David Thaler and Chinya Ravishankar, 1996): each node draws a
 * number for the hash, and the one that draws the highest has it. A node that comes takes keys from all others in
 * proportion; one that goes leaves its keys to them; nothing else moves.
 *
 * Weights by the logarithmic method of Christian Schindelhauer and Gunnar Schomaker ("Weighted Distributed Hash
 * Tables", SPAA 2005): a node scores w / -ln(u), u being its draw in (0, 1). Among nodes of one weight the highest
 * draw has the highest score, so that one logarithm per distinct weight will do, and none for equal nodes.
 *
 * Every locate asks every node: O(n), inherent to the algorithm, which has no table in return. For up to some dozen
 * nodes this is quick; for more there is maglev.
 *
 * Draws are made of the mixed hash and two words of the SHA-256 of the node's name, so that hashes that are small,
 * or differ in few bits, will do.
 */
export const rendezvous: DistributionStrategy = {
  build: (nodes) => new Rendezvous(nodes),
};

const LOWEST_DRAW = -(2 ** 31);

/** A node's draw for a hash that is mixed already: a signed 32-bit integer, as V8 compares those the quickest. */
function draw(mixed: number, seed: number, multiplier: number): number {
  const product = Math.imul(mixed ^ seed, multiplier);
  return Math.imul(product ^ (product >>> 16), 0x7feb352d);
}

/** The draw as a number in (0, 1). */
function fraction(drawn: number): number {
  return (drawn - LOWEST_DRAW + 0.5) / 2 ** 32;
}

class Rendezvous implements Distribution {
  readonly splitBy = 'node';
  readonly partitions: number;
  /** Of each node, in the order of weights, then of names. */
  readonly #owners: Uint32Array;
  readonly #seeds: Int32Array;
  readonly #multipliers: Int32Array;
  /** The distinct weights, and where the nodes of each end. */
  readonly #weights: Float64Array;
  readonly #ends: Uint32Array;

  constructor(nodes: readonly DistributionNode[]) {
    const order = nodeOrder(nodes).sort((a, b) => nodes[a].weight - nodes[b].weight);
    const digests = order.map((index) => nameDigest(nodes[index].name));
    const weights = order.map((index) => nodes[index].weight);
    const lasts = [...weights.keys()].filter((rank) => weights[rank] !== weights[rank + 1]);
    this.partitions = nodes.length;
    this.#owners = Uint32Array.from(order);
    this.#seeds = Int32Array.from(digests, ([seed]) => seed);
    // Odd, so that to multiply by it loses nothing.
    this.#multipliers = Int32Array.from(digests, ([, multiplier]) => multiplier | 1);
    this.#weights = Float64Array.from(lasts, (rank) => weights[rank]);
    this.#ends = Uint32Array.from(lasts, (rank) => rank + 1);
  }

  /** The owner's rank: a node is its own partition. */
  partition(hash: number): number {
    const seeds = this.#seeds;
    const multipliers = this.#multipliers;
    const ends = this.#ends;
    const mixed = mix(hash);
    let owner = 0;
    let highestScore = -1;
    let rank = 0;
    for (let group = 0; group < ends.length; group++) {
      const end = ends[group];
      let winner = rank;
      let highest = LOWEST_DRAW;
      for (; rank < end; rank++) {
        const drawn = draw(mixed, seeds[rank], multipliers[rank]);
        if (drawn >= highest) {
          highest = drawn;
          winner = rank;
        }
      }
      if (ends.length === 1) return winner;
      const score = this.#weights[group] / -Math.log(fraction(highest));
      if (score > highestScore) {
        highestScore = score;
        owner = winner;
      }
    }
    return owner;
  }

  locate(hash: number): number {
    return this.#owners[this.partition(hash)];
  }
}
