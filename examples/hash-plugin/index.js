import { API_VERSION, definePlugin } from '@shardmux/plugin-api';

/**
 * The hash of sdbm, a database library of 1990: hash(i) = hash(i - 1) * 65599 + byte.
 * @type {import('@shardmux/plugin-api').HashFunction}
 */
function sdbm(bytes, start, end) {
  let hash = 0;
  for (let i = start; i < end; i++) hash = (Math.imul(hash, 65599) + bytes[i]) | 0;
  return hash >>> 0;
}

export const plugins = [
  definePlugin({ kind: 'hash', name: 'sdbm', apiVersion: API_VERSION, create: () => sdbm }),
];
