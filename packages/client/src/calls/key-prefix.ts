import { type Argument, type DecodedCommand, Handling } from '@shardmux/plugin-api';

/** Shard channels are keys to ioredis, and other channels are none. */
const takeShardChannels = new Set(['ssubscribe', 'sunsubscribe']);

/** The arguments of a decoded command, the name left out, with a prefix before each that is a key to ioredis. */
export function prefixKeys(
  command: DecodedCommand,
  args: readonly Argument[],
  prefix: string,
): readonly Argument[] {
  if (command.handling === Handling.channel) return args;
  if (takeShardChannels.has(command.spec.name)) return args.map((arg) => prefixed(arg, prefix));
  const keys = new Set<number>();
  for (let key = 0; key < command.keyCount; key++) keys.add(command.keyStart(key));
  return args.map((arg, i) => (keys.has(command.argStart(i + 1)) ? prefixed(arg, prefix) : arg));
}

function prefixed(key: Argument, prefix: string): Argument {
  return key instanceof Uint8Array ? Buffer.concat([Buffer.from(prefix), key]) : prefix + key;
}
