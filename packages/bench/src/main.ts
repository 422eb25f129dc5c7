import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startRedis } from '@shardmux/testing';
import { BenchError } from './bench-error.js';
import { type BenchmarkCase, CASES, casesNamed } from './benchmark-case.js';
import { Checkout } from './checkout.js';
import { contest, type Pair } from './contest.js';
import { nutcracker, type Starter, shardmux } from './contestant.js';
import { processUsage } from './process-usage.js';
import { Report } from './report.js';

const USAGE = `npm run bench [-- OPTIONS]
  --rounds N         measured runs of each proxy in each case (7)
  --case NAME        only this case; may be given several times
  --against COMMIT   compare with the proxy of that commit in place of nutcracker`;
const SERVERS = 3;
const REPOSITORY = fileURLToPath(new URL('../../..', import.meta.url));

interface Options {
  readonly rounds: number;
  readonly cases: readonly BenchmarkCase[];
  readonly against: string | null;
}

/** @throws {BenchError} */
export async function main(args: readonly string[]): Promise<void> {
  const options = parseOptions(args);
  // Exiting in the ordinary way stops the servers and removes the files.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  const ours = shardmux('shardmux', REPOSITORY);
  if (options.against === null) return compare([ours, nutcracker], options, true);

  console.log(`Building ${options.against} …`);
  const checkout = new Checkout(REPOSITORY, options.against);
  try {
    await compare([ours, shardmux(checkout.name, checkout.path)], options, false);
  } finally {
    checkout.remove();
  }
}

async function compare(
  sides: Pair<Starter>,
  { cases, rounds }: Options,
  withTargets: boolean,
): Promise<void> {
  const servers = await Promise.all(Array.from({ length: SERVERS }, () => startRedis()));
  const ports = servers.map((server) => server.port);
  const report = new Report(withTargets);
  try {
    console.log(`${sides[0].name} against ${sides[1].name}, ${rounds} rounds, ${machine()}\n`);
    console.log(report.header());
    for (const one of cases) console.log(report.row(one, await contest(one, sides, ports, rounds)));
    console.log(`\n${report.summary()}`);
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
}

function machine(): string {
  const text = `Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}`;
  return processUsage(process.pid) === null ? `${text}; no /proc here, so no CPU and no memory` : text;
}

function parseOptions(args: readonly string[]): Options {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        rounds: { type: 'string', default: '7' },
        case: { type: 'string', multiple: true },
        against: { type: 'string' },
      },
    });
    const rounds = Number(values.rounds);
    if (!Number.isSafeInteger(rounds) || rounds < 1)
      throw new Error('--rounds takes a positive whole number');
    const cases = values.case === undefined ? CASES : casesNamed(values.case);
    return { rounds, cases, against: values.against ?? null };
  } catch (error) {
    throw new BenchError(
      'SHARDMUX_BENCH_USAGE',
      `${error instanceof Error ? error.message : error}\n\n${USAGE}`,
    );
  }
}
