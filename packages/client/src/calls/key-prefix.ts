import type { Argument, DecodedCommand } from '@shardmux/plugin-api';

/** The arguments of a decoded command, the name left out, with a prefix before each that is a key. */
export function prefixKeys(
  command: DecodedCommand,
  args: readonly Argument[],
  prefix: string,
): readonly Argument[] {
  const keys = new Set<number>();
  for (let key = 0; key < command.keyCount; key++) keys.add(command.keyStart(key));
  return args.map((arg, i) => (keys.has(command.argStart(i + 1)) ? prefixed(arg, prefix) : arg));
}

function prefixed(key: Argument, prefix: string): Argument {
  return key instanceof Uint8Array ? Buffer.concat([Buffer.from(prefix), key]) : prefix + key;
}
