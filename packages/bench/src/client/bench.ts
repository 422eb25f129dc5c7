import { casesNamed } from '../cases.js';
import { withCheckout } from '../checkout.js';
import { machine } from '../machine.js';
import type { Options } from '../options.js';
import { REPOSITORY } from '../repository.js';
import { withServers } from '../servers.js';
import { Targets } from '../targets.js';
import { CLIENT_CASES } from './client-case.js';
import { type Contestant, clientContest } from './client-contest.js';
import { PEERS } from './client-kind.js';
import { ClientReport } from './client-report.js';

/** @throws {BenchError} */
export async function benchClient(options: Options): Promise<void> {
  const ours: Contestant = { name: 'shardmux', kind: 'shardmux', checkout: REPOSITORY };
  if (options.against === null) {
    const peers = PEERS.map((kind): Contestant => ({ name: kind, kind, checkout: REPOSITORY }));
    return compareClients([ours, ...peers], options, new Targets());
  }
  await withCheckout(options.against, ({ name, path }) =>
    compareClients([ours, { name, kind: 'shardmux', checkout: path }], options, null),
  );
}

async function compareClients(
  contestants: readonly Contestant[],
  { cases, rounds }: Options,
  targets: Targets | null,
): Promise<void> {
  const chosen = casesNamed(CLIENT_CASES, cases);
  const report = new ClientReport(contestants, targets);
  await withServers(async (ports) => {
    console.log(`GET and SET of 64 bytes, ${rounds} rounds, ${machine()}\n`);
    console.log(report.header());
    for (const one of chosen) {
      console.log(report.rows(one, await clientContest(one, contestants, ports, rounds)));
    }
    console.log(report.summary());
  });
}
