import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { BenchError } from '../bench-error.js';
import { benchmarkArguments, type ProxyCase } from './proxy-case.js';

const CLIENTS = 50;
/** How many keys the load is spread over. */
export const KEY_SPACE = 1_000;
// redis-benchmark tries for ever to reach a server that went away.
const TIME_LIMIT = 120_000;

const run = promisify(execFile);

/**
 * Drives one case with redis-benchmark.
 * @returns requests per second.
 * @throws {BenchError} `SHARDMUX_BENCH_FAILED` when it stops early, as it does at the first error reply.
 */
export async function load(port: number, one: ProxyCase, requests: number): Promise<number> {
  const common = ['-h', '127.0.0.1', '-p', port, '-c', CLIENTS, '-r', KEY_SPACE, '-n', requests, '--csv'];
  try {
    const { stdout } = await run('redis-benchmark', [...common.map(String), ...benchmarkArguments(one)], {
      timeout: TIME_LIMIT,
    });
    return requestsPerSecond(stdout);
  } catch (error) {
    throw new BenchError('SHARDMUX_BENCH_FAILED', `redis-benchmark failed in ${one.name}: ${error}`, {
      cause: error,
    });
  }
}

/**
 * Reads the CSV of redis-benchmark: since Redis 7 a header line and a line per test, before that lines of a name
 * and the requests per second.
 */
export function requestsPerSecond(csv: string): number {
  const rows = csv
    .split('\n')
    .filter((line) => line.startsWith('"'))
    .map((line) => Array.from(line.matchAll(/"([^"]*)"/g), ([, field]) => field));
  const [header, first] = rows[0]?.[0] === 'test' ? rows : [['test', 'rps'], ...rows];
  const value = Number(first?.[header?.indexOf('rps') ?? -1]);
  if (value > 0) return value;
  throw new BenchError('SHARDMUX_BENCH_FAILED', `redis-benchmark printed no result:\n${csv}`);
}
