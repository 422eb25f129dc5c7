import type { Codec } from '@shardmux/plugin-api';

export function fuzz(codec: Codec, seed: number, enough: (inputs: number) => boolean): number;
