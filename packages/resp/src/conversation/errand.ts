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
