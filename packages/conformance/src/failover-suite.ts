import { inspect } from 'node:util';
import type { FailoverPolicy, FailoverVerdict, NodeFailure } from '@shardmux/plugin-api';
import { type ConformanceCase, conformanceCase } from './conformance-case.js';
import type { Breach } from './conformance-error.js';
import { promotionPromises } from './promotion-promises.js';

type Create = () => FailoverPolicy;

const suite: readonly [promise: string, prove: (create: Create, breach: Breach) => void][] = [
  ['keeps or ejects at once, whatever the failure', judgesEveryFailure],
  ['ejects for a time that a timer can wait', namesTimerTime],
  ['keeps no state: a verdict follows from its failure alone', keepsNoState],
  ['leaves a failure as it is', leavesFailures],
  ['leaves a verdict as it was given', leavesVerdicts],
  ...promotionPromises,
];

/**
 * What every failover policy promises.
 * @param create gives a new instance, as the plugin's `create` does
 */
export function failoverSuite(create: Create): ConformanceCase[] {
  return suite.map(([promise, prove]) => conformanceCase(promise, (breach) => prove(create, breach)));
}

const NODES = ['10.0.0.1:6379', 'é', '__proto__'];
const CAUSES: readonly NodeFailure['cause'][] = ['refused', 'closed', 'timeout', 'garbage', 'probe'];
const COUNTS = [1, 2, 3, 4, 5, 10, 11, 100, 1_000, 65_536, 2 ** 31 - 1, 2 ** 31];

/** The longest time that a timer of Node waits, in ms; a longer one ends at once. */
const LONGEST_WAIT = 2 ** 31 - 1;

/** Counts rise by turns, node by node and cause by cause, as they do where many nodes fail together. */
function sampleFailures(): NodeFailure[] {
  return COUNTS.flatMap((consecutive) =>
    CAUSES.flatMap((cause) => NODES.map((node) => ({ node, cause, consecutive }))),
  );
}

function judgesEveryFailure(create: Create, breach: Breach): void {
  const policy = create();
  for (const failure of sampleFailures()) {
    const verdict: Partial<FailoverVerdict> | null | undefined = policy.failed(failure);
    if (verdict?.action !== 'keep' && verdict?.action !== 'eject') {
      breach(`${describe(verdict)} for ${describe(failure)}`);
    }
  }
}

function namesTimerTime(create: Create, breach: Breach): void {
  const policy = create();
  for (const failure of sampleFailures()) {
    const verdict = policy.failed(failure);
    if (verdict.action !== 'eject') continue;
    const { probeAfter } = verdict;
    if (!Number.isFinite(probeAfter) || probeAfter <= 0 || probeAfter > LONGEST_WAIT) {
      breach(`a probe after ${probeAfter} ms for ${describe(failure)}`);
    }
  }
}

function keepsNoState(create: Create, breach: Breach): void {
  const policy = create();
  const failures = sampleFailures();
  const verdicts = failures.map((failure) => describe(policy.failed(failure)));
  for (let i = failures.length - 1; i >= 0; i--) {
    const again = describe(policy.failed(failures[i]));
    if (again !== verdicts[i]) breach(`first ${verdicts[i]}, then ${again} for ${describe(failures[i])}`);
  }
}

function leavesFailures(create: Create, breach: Breach): void {
  const policy = create();
  for (const failure of sampleFailures()) {
    const before = describe(failure);
    policy.failed(failure);
    if (describe(failure) !== before) breach(`${before} became ${describe(failure)}`);
  }
}

function leavesVerdicts(create: Create, breach: Breach): void {
  const policy = create();
  const given = sampleFailures().map((failure) => {
    const verdict = policy.failed(failure);
    return { verdict, before: describe(verdict) };
  });
  for (const { verdict, before } of given) {
    if (describe(verdict) !== before) breach(`${before} became ${describe(verdict)}`);
  }
}

function describe(value: unknown): string {
  return inspect(value, { breakLength: Number.POSITIVE_INFINITY });
}
