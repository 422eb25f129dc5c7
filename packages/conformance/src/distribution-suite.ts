import type { Distribution, DistributionNode, DistributionStrategy } from '@shardmux/plugin-api';
import { type ConformanceCase, conformanceCase } from './conformance-case.js';
import type { Breach } from './conformance-error.js';
import { sampleUint32 } from './samples.js';

export interface DistributionSuiteOptions {
  /** Whether a hash always has the same node. False for a distribution that draws lots. */
  readonly deterministic?: boolean;
}

type Create = () => DistributionStrategy;
type Suite = readonly [promise: string, prove: (create: Create, breach: Breach) => void][];

const forAll: Suite = [
  ['locates every hash at one of the nodes', locatesInRange],
  ['puts every hash into one of its partitions', partitionsInRange],
  ['gives a single node everything', singleNodeOwnsAll],
  ['reaches every node of equal weight', reachesAll],
  ['leaves the nodes it is given as they are', leavesNodes],
  ['locates no node that joins the array it was built of', staysInRange],
  ['says what split commands are grouped by', saysSplitBy],
];

const forDeterministic: Suite = [
  ['gives each partition to one node', partitionHasOneOwner],
  ['goes by the names of the nodes, not by their order', ignoresOrder],
  ['is not changed by another build', isIndependent],
  ['is not changed by later changes of the nodes it was given', ignoresLaterChanges],
  ['is the same in every instance and every call', isSameInEveryInstance],
];

/**
 * What every distribution promises.
 * @param create gives a new instance, as the plugin's `create` does; instances are compared with each other
 */
export function distributionSuite(
  create: Create,
  { deterministic = true }: DistributionSuiteOptions = {},
): ConformanceCase[] {
  const suite = deterministic ? [...forAll, ...forDeterministic] : forAll;
  return suite.map(([promise, prove]) => conformanceCase(promise, (breach) => prove(create, breach)));
}

const HASHES = [
  ...[0, 1, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff],
  ...Array.from({ length: 4_000 }, (_, i) => sampleUint32(i)),
];

/** Pools by the weights of their nodes. */
const EQUAL_WEIGHTS: readonly number[][] = [[1], [1, 1], [7, 7, 7, 7, 7], Array(25).fill(1)];
const POOLS: readonly number[][] = [...EQUAL_WEIGHTS, [1, 2, 3, 4, 10], [1, 200], [1, 1_000_000, 1]];

/** Names of several lengths, and a letter that takes two bytes. */
function nodesOf(weights: readonly number[]): DistributionNode[] {
  return weights.map((weight, i) => ({ name: i % 3 === 1 ? `é${i}` : `10.0.0.${i}:6379`, weight }));
}

function locatesInRange(create: Create, breach: Breach): void {
  for (const weights of POOLS) checkRange(create().build(nodesOf(weights)), weights.length, breach);
}

function checkRange(distribution: Distribution, nodes: number, breach: Breach): void {
  for (const hash of HASHES) {
    const index = distribution.locate(hash);
    if (!isIndex(index, nodes)) breach(`hash ${hash} at index ${index} of ${nodes} nodes`);
  }
}

function isIndex(value: number, length: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < length;
}

function partitionsInRange(create: Create, breach: Breach): void {
  for (const weights of POOLS) {
    const distribution = create().build(nodesOf(weights));
    const { partitions } = distribution;
    if (!Number.isInteger(partitions) || partitions < 1) breach(`${partitions} partitions`);
    for (const hash of HASHES) {
      const partition = distribution.partition(hash);
      if (!isIndex(partition, partitions)) breach(`hash ${hash} in partition ${partition} of ${partitions}`);
    }
  }
}

function singleNodeOwnsAll(create: Create, breach: Breach): void {
  for (const weight of [1, 7, 1_000_000]) {
    const distribution = create().build(nodesOf([weight]));
    for (const hash of HASHES) {
      const index = distribution.locate(hash);
      if (index !== 0) breach(`hash ${hash} at index ${index}, the only node having weight ${weight}`);
    }
  }
}

/** Of unequal weights nothing can be asked in general: a share may be smaller than the algorithm can express. */
function reachesAll(create: Create, breach: Breach): void {
  for (const weights of EQUAL_WEIGHTS) {
    const distribution = create().build(nodesOf(weights));
    const reached = new Set(HASHES.map((hash) => distribution.locate(hash)));
    const missed = [...weights.keys()].filter((index) => !reached.has(index));
    if (missed.length > 0) breach(`no hash at index ${missed.join(', ')} of ${weights.length} equal nodes`);
  }
}

function leavesNodes(create: Create, breach: Breach): void {
  for (const weights of POOLS) {
    const nodes = nodesOf(weights).reverse();
    const before = JSON.stringify(nodes);
    create().build(nodes);
    if (JSON.stringify(nodes) !== before) breach(`${before} became ${JSON.stringify(nodes)}`);
  }
}

function staysInRange(create: Create, breach: Breach): void {
  for (const weights of POOLS) {
    const nodes = nodesOf(weights);
    const distribution = create().build(nodes);
    nodes.push(...nodesOf(weights));
    checkRange(distribution, weights.length, breach);
  }
}

function saysSplitBy(create: Create, breach: Breach): void {
  const { splitBy } = create().build(nodesOf([1, 1]));
  if (splitBy !== 'node' && splitBy !== 'slot') breach(`splitBy is ${String(splitBy)}`);
}

function partitionHasOneOwner(create: Create, breach: Breach): void {
  for (const weights of POOLS) {
    const distribution = create().build(nodesOf(weights));
    const owners = new Map<number, number>();
    for (const hash of HASHES) {
      const partition = distribution.partition(hash);
      const owner = distribution.locate(hash);
      const known = owners.get(partition) ?? owner;
      if (owner !== known) breach(`partition ${partition} lies at index ${known} and ${owner}`);
      owners.set(partition, owner);
    }
  }
}

function ignoresOrder(create: Create, breach: Breach): void {
  for (const weights of POOLS) {
    const nodes = nodesOf(weights);
    const expected = ownersOf(create().build(nodes), nodes);
    const rotated = [...nodes.slice(1), nodes[0]];
    for (const reordered of [nodes.toReversed(), rotated]) {
      compare(ownersOf(create().build(reordered), reordered), expected, 'in another order', breach);
    }
  }
}

function isIndependent(create: Create, breach: Breach): void {
  const strategy = create();
  for (const weights of POOLS) {
    const nodes = nodesOf(weights);
    const distribution = strategy.build(nodes);
    const expected = ownersOf(distribution, nodes);
    strategy.build(nodesOf([...weights, 3]));
    compare(ownersOf(distribution, nodes), expected, 'after another build', breach);
  }
}

function ignoresLaterChanges(create: Create, breach: Breach): void {
  for (const weights of POOLS) {
    const given = nodesOf(weights).map((node) => ({ ...node }));
    const names = structuredClone(given);
    const distribution = create().build(given);
    const expected = ownersOf(distribution, names);
    for (const node of given) {
      node.name += '-renamed';
      node.weight += 3;
    }
    given.reverse();
    compare(ownersOf(distribution, names), expected, 'after the change', breach);
  }
}

function isSameInEveryInstance(create: Create, breach: Breach): void {
  for (const weights of POOLS) {
    const nodes = nodesOf(weights);
    const distribution = create().build(nodes);
    const expected = ownersOf(distribution, nodes);
    compare(ownersOf(distribution, nodes), expected, 'in a second call', breach);
    compare(ownersOf(create().build(nodes), nodes), expected, 'in another instance', breach);
  }
}

/** The name of each hash's node. */
function ownersOf(distribution: Distribution, nodes: readonly DistributionNode[]): string[] {
  return HASHES.map((hash) => nodes[distribution.locate(hash)]?.name ?? 'none');
}

function compare(owners: readonly string[], expected: readonly string[], when: string, breach: Breach): void {
  const at = owners.findIndex((owner, i) => owner !== expected[i]);
  if (at >= 0) breach(`hash ${HASHES[at]}: ${expected[at]} at first, ${owners[at]} ${when}`);
}
