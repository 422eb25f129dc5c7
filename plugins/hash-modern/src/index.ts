import { API_VERSION, definePlugin, type HashFunction, type Plugin } from '@shardmux/plugin-api';
import { fnv1a_32 } from './fnv1a-32.js';
import { murmur3_32 } from './murmur3-32.js';
import { xxh32 } from './xxh32.js';

export { fnv1a_32, murmur3_32, xxh32 };

// The name fnv1a_32 belongs to Twemproxy's function in every configuration, and that one hashes signed bytes.
const functions: Readonly<Record<string, HashFunction>> = { xxh32, murmur3_32, fnv1a_32_unsigned: fnv1a_32 };

export const plugins: readonly Plugin<'hash', undefined>[] = Object.entries(functions).map(([name, hash]) =>
  definePlugin({ kind: 'hash', name, apiVersion: API_VERSION, create: () => hash }),
);
