const KEYS_OF_MGET = 100;
/** redis-benchmark puts a random number here, another one each time. */
const KEY = 'key:__rand_int__';

export interface ProxyCase {
  readonly name: string;
  readonly command: 'get' | 'set' | 'mget';
  readonly valueBytes: number;
  /** How many requests a client has under way at once. */
  readonly pipeline: number;
  /** The most CPU per request that is good enough, as a ratio to nutcracker's. */
  readonly target: number;
}

const SMALL = 64;
const LARGE = 16 * 1024;
const TARGET_OF_LARGE = 1.2;
const TARGETS_OF_SMALL = new Map([
  [1, 1.15],
  [16, 0.45],
  [64, 0.25],
]);

/** All cases, those of one value size together. */
export const PROXY_CASES: readonly ProxyCase[] = [
  ...Array.from(TARGETS_OF_SMALL, ([pipeline, target]) => getAndSet('64b', SMALL, pipeline, target)).flat(),
  { name: 'mget100', command: 'mget', valueBytes: SMALL, pipeline: 1, target: 0.7 },
  ...Array.from(TARGETS_OF_SMALL.keys(), (pipeline) =>
    getAndSet('16kb', LARGE, pipeline, TARGET_OF_LARGE),
  ).flat(),
];

/** What makes redis-benchmark send this case. */
export function benchmarkArguments({ command, valueBytes, pipeline }: ProxyCase): string[] {
  const depth = ['-P', String(pipeline)];
  if (command === 'mget') return [...depth, 'mget', ...Array<string>(KEYS_OF_MGET).fill(KEY)];
  return [...depth, '-d', String(valueBytes), '-t', command];
}

function getAndSet(size: string, valueBytes: number, pipeline: number, target: number): ProxyCase[] {
  return (['get', 'set'] as const).map((command) => ({
    name: `${command}-${size}-p${pipeline}`,
    ...{ command, valueBytes, pipeline, target },
  }));
}
