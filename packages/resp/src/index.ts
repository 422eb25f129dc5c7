import { API_VERSION, definePlugin } from '@shardmux/plugin-api';
import { respCodec } from './codec.js';

export { respCodec };

export const plugins = [
  definePlugin({ kind: 'codec', name: 'resp', apiVersion: API_VERSION, create: () => respCodec }),
] as const;
