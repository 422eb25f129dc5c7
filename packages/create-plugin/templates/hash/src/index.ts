import { API_VERSION, definePlugin, type HashFunction, type Plugin } from '@shardmux/plugin-api';

/** djb2 of Daniel J. Bernstein, in the form with XOR. Put yours in its place. */
const hash: HashFunction = (bytes, start, end) => {
  let value = 5381;
  for (let i = start; i < end; i++) value = Math.imul(value, 33) ^ bytes[i];
  return value >>> 0;
};

export const plugins: readonly Plugin[] = [
  definePlugin({ kind: 'hash', name: 'my-thing', apiVersion: API_VERSION, create: () => hash }),
];
