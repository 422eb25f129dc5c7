import { type Errand, type ErrandHost, type ErrandNode, FailureError } from '@shardmux/plugin-api';
import type { RespCommandSpec } from '../commands/command-spec.js';

/** @param blocks as `Errand` has it. */
export function errand(spec: RespCommandSpec, run: Errand['run'], blocks = false): Errand {
  return { kind: 'errand', spec, blocks, run };
}

/** @throws {FailureError} where it is not one server that owns all keys; there must be one key. */
export function ownerOfAll(host: ErrandHost, keys: readonly Uint8Array[]): ErrandNode {
  const [owner, ...others] = keys.map((key) => host.ownerOf(key));
  if (others.some(({ name }) => name !== owner.name)) throw new FailureError('crossSlot');
  return owner;
}

/** Whether another server than this one has any of the keys; where none is known to have it, no. */
export function isElsewhere(host: ErrandHost, keys: readonly Uint8Array[], node: string): boolean {
  try {
    return keys.some((key) => host.ownerOf(key).name !== node);
  } catch {
    return false;
  }
}
