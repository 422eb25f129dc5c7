import { parseArgs } from 'node:util';
import { BenchError } from './bench-error.js';

const USAGE = `npm run bench [-- [BENCH] [OPTIONS]]
  proxy              the proxy against nutcracker: what runs where no bench is named
  client             the client against ioredis, node-redis and valkey-glide
  telemetry          the proxy with telemetry against the same without

  --rounds N         measured runs of each side in each case (7)
  --case NAME        only this case; may be given several times
  --against COMMIT   compare the proxy, or the client, with that of another commit instead`;

const BENCHES = ['proxy', 'client', 'telemetry'] as const;
export type BenchName = (typeof BENCHES)[number];

export interface Options {
  readonly bench: BenchName;
  readonly rounds: number;
  /** Names of cases; `null` for all. */
  readonly cases: readonly string[] | null;
  readonly against: string | null;
}

/** @throws {BenchError} `SHARDMUX_BENCH_USAGE` */
export function parseOptions(args: readonly string[]): Options {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        rounds: { type: 'string', default: '7' },
        case: { type: 'string', multiple: true },
        against: { type: 'string' },
      },
    });
    const bench = benchNamed(positionals);
    if (bench === 'telemetry' && values.against !== undefined)
      throw new Error('telemetry is compared with none, and takes no --against');
    const rounds = Number(values.rounds);
    if (!Number.isSafeInteger(rounds) || rounds < 1)
      throw new Error('--rounds takes a positive whole number');
    return { bench, rounds, cases: values.case ?? null, against: values.against ?? null };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new BenchError('SHARDMUX_BENCH_USAGE', `${message}\n\n${USAGE}`, { cause: error });
  }
}

function benchNamed([name = 'proxy', ...more]: readonly string[]): BenchName {
  const bench = BENCHES.find((one) => one === name);
  if (bench === undefined || more.length > 0)
    throw new Error(`There is no bench "${[name, ...more].join(' ')}"`);
  return bench;
}
