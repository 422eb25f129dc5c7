import { ShardmuxError } from '@shardmux/plugin-api';

/** `SHARDMUX_BENCH_USAGE`: wrong options. `SHARDMUX_BENCH_FAILED`: a measurement could not be made. */
export class BenchError extends ShardmuxError {}
