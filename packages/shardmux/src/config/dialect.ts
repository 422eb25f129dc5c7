import { scalarText, type YamlFile } from '@shardmux/config-file';
import { isMap, isScalar, isSeq } from 'yaml';
import { configSchema } from './schema.js';

/**
 * Whether a file is one of Twemproxy, whose top level is made of pools, and not one of ours, which has them under
 * `pools`. A pool of Twemproxy may have that name too: then it is told by what it holds.
 */
export function isTwemproxy({ root }: YamlFile): boolean {
  if (!isMap(root)) return true;
  const pools = root.get('pools', true);
  if (pools !== undefined) return looksLikePool(pools);
  if (root.items.some(({ value }) => looksLikePool(value))) return true;
  return !root.items.some(({ key }) => Object.hasOwn(configSchema.shape, scalarText(key)));
}

function looksLikePool(node: unknown): boolean {
  return isMap(node) && (isScalar(node.get('listen', true)) || isSeq(node.get('servers', true)));
}
