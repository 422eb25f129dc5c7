import { casesNamed } from '../cases.js';
import { withCheckout } from '../checkout.js';
import { machine } from '../machine.js';
import type { Options } from '../options.js';
import { REPOSITORY } from '../repository.js';
import { withServers } from '../servers.js';
import { Targets } from '../targets.js';
import { nutcracker, type Starter, shardmux } from './contestant.js';
import { PROXY_CASES } from './proxy-case.js';
import { type Pair, proxyContest } from './proxy-contest.js';
import { ProxyReport } from './proxy-report.js';

/** @throws {BenchError} */
export async function benchProxy(options: Options): Promise<void> {
  const ours = shardmux('shardmux', REPOSITORY);
  if (options.against === null) return compareProxies([ours, nutcracker], options, new Targets());
  await withCheckout(options.against, ({ name, path }) =>
    compareProxies([ours, shardmux(name, path)], options, null),
  );
}

/** @param targets `null` where there are none against this peer. */
export async function compareProxies(
  sides: Pair<Starter>,
  { cases, rounds }: Pick<Options, 'cases' | 'rounds'>,
  targets: Targets | null,
): Promise<void> {
  const chosen = casesNamed(PROXY_CASES, cases);
  const report = new ProxyReport(targets);
  await withServers(async (ports) => {
    console.log(`${sides[0].name} against ${sides[1].name}, ${rounds} rounds, ${machine()}\n`);
    console.log(report.header());
    for (const one of chosen) console.log(report.row(one, await proxyContest(one, sides, ports, rounds)));
    console.log(`\n${report.summary()}`);
  });
}
