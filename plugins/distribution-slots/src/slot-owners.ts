import { ConfigError, type DistributionNode, type SlotRange } from '@shardmux/plugin-api';
import { nodeOrder } from './node-order.js';

const { fround } = Math;

const NOBODY = -1;

/**
 * The owner of each slot, as an index into `nodes`.
 *
 *   slots that a node names ──► that node
 *   all the others ──► in ascending order, in runs: a run per node in the order of names, as long as its weight
 *
 * @throws {ConfigError} `SHARDMUX_SLOTS_INVALID` where a node names a slot that does not exist or is another's.
 */
export function slotOwners(nodes: readonly DistributionNode[], slots: number): Int32Array {
  const owners = new Int32Array(slots).fill(NOBODY);
  nodes.forEach((node, index) => {
    for (const range of node.slots ?? []) {
      checkRange(range, node, slots);
      for (let slot = range.first; slot <= range.last; slot++) {
        const other = owners[slot];
        if (other !== NOBODY && other !== index) {
          throw invalid(`slot ${slot} belongs to two nodes: "${nodes[other].name}" and "${node.name}"`);
        }
        owners[slot] = index;
      }
    }
  });
  shareOutRest(owners, nodes);
  return owners;
}

function checkRange({ first, last }: SlotRange, node: DistributionNode, slots: number): void {
  const isRange = Number.isInteger(first) && Number.isInteger(last) && first >= 0 && first <= last;
  if (isRange && last < slots) return;
  throw invalid(`node "${node.name}" names slots ${first} to ${last}; there are the slots 0 to ${slots - 1}`);
}

function invalid(message: string): ConfigError {
  return new ConfigError('SHARDMUX_SLOTS_INVALID', message);
}

/**
 * In single precision and by addition, as `redis-cli --cluster create` computes where each master's slots end: with
 * doubles, an edge would lie elsewhere from 78 equal nodes on.
 */
function shareOutRest(owners: Int32Array, nodes: readonly DistributionNode[]): void {
  const rest = [...owners.keys()].filter((slot) => owners[slot] === NOBODY);
  const total = nodes.reduce((sum, { weight }) => sum + weight, 0);
  let cursor = 0;
  let next = 0;
  nodeOrder(nodes).forEach((index, rank) => {
    cursor = fround(cursor + fround((rest.length * nodes[index].weight) / total));
    const isLast = rank === nodes.length - 1;
    const end = isLast ? rest.length : Math.min(Math.round(cursor), rest.length);
    for (; next < end; next++) owners[rest[next]] = index;
  });
}
