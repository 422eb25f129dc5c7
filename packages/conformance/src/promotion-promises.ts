import { inspect } from 'node:util';
import type {
  FailoverPolicy,
  PrimaryHealth,
  PromotionCandidate,
  PromotionPolicy,
  ReplicationState,
} from '@shardmux/plugin-api';
import type { Breach } from './conformance-error.js';

type Create = () => FailoverPolicy;

/** What a failover policy promises that promotes replicas; of others, nothing is asked. */
export const promotionPromises: readonly [
  promise: string,
  prove: (create: Create, breach: Breach) => void,
][] = [
  ['promotion: gives up no primary that has just answered', sparesTheLiving],
  ['promotion: doubts whom it gives up', doubtsTheGivenUp],
  ['promotion: holds on to its judgement as a fault lasts', holdsOn],
  ['promotion: decides nothing without a vote, nor less with one more', countsVotes],
  ['promotion: chooses one of the candidates, or nobody', choosesCandidates],
  ['promotion: keeps no state, and leaves the candidates as they are', leavesCandidates],
];

const TIMES = [0, 100, 1_000, 3_000, 10_000, 100_000, 2 ** 31];
const OBSERVERS = [1, 2, 3, 4, 5, 9, 100];

function promotionsOf(create: Create): PromotionPolicy[] {
  const { promotion } = create();
  return promotion === undefined ? [] : [promotion];
}

function sparesTheLiving(create: Create, breach: Breach): void {
  for (const policy of promotionsOf(create)) {
    for (const question of ['isDoubtful', 'isDown'] as const) {
      const verdict: unknown = policy[question]({ silentFor: 0, refusedFor: 0 });
      if (verdict !== false) breach(`${question} is ${describe(verdict)} for one that was heard just now`);
    }
  }
}

function doubtsTheGivenUp(create: Create, breach: Breach): void {
  for (const policy of promotionsOf(create)) {
    for (const health of TIMES.flatMap((time) => [
      { silentFor: time, refusedFor: 0 },
      { silentFor: time, refusedFor: time },
    ])) {
      if (policy.isDown(health) && !policy.isDoubtful(health))
        breach(`it gives up at ${describe(health)}, and has no doubt`);
    }
  }
}

function holdsOn(create: Create, breach: Breach): void {
  for (const policy of promotionsOf(create)) {
    for (const fault of ['silentFor', 'refusedFor'] as const) {
      const verdicts = TIMES.map((time) => policy.isDown({ silentFor: 0, refusedFor: 0, [fault]: time }));
      const at = verdicts.findIndex((isDown, i) => !isDown && verdicts[i - 1]);
      if (at > 0) breach(`it is down with ${fault} ${TIMES[at - 1]}, and not with ${TIMES[at]}`);
    }
  }
}

function countsVotes(create: Create, breach: Breach): void {
  for (const policy of promotionsOf(create)) {
    for (const observers of OBSERVERS) {
      if (policy.decides(0, observers)) breach(`no vote of ${observers} decides`);
      for (let votes = 1; votes < observers; votes++)
        if (policy.decides(votes, observers) && !policy.decides(votes + 1, observers))
          breach(`${votes} of ${observers} votes decide, and ${votes + 1} do not`);
    }
  }
}

const HEALTH: PrimaryHealth = { silentFor: 5_000, refusedFor: 1_000 };

/** None, one, several: behind each other, lost for longer and longer, not allowed to lead. */
function sampleCandidates(): PromotionCandidate[][] {
  return [0, 1, 2, 5].flatMap((count) => TIMES.map((lostFor) => sampleOf(count, lostFor)));
}

function sampleOf(count: number, lostFor: number): PromotionCandidate[] {
  return Array.from({ length: count }, (_, i) => ({
    address: `10.0.0.${i}:6379`,
    state: stateOf(i, lostFor),
  }));
}

function stateOf(i: number, lostFor: number): ReplicationState {
  return {
    role: 'replica',
    history: 'a'.repeat(40),
    formerHistory: null,
    offset: (i * 7) % 5,
    isFollowing: false,
    source: { host: '10.0.0.9', port: 6379 },
    lostFor,
    mayLead: i % 3 !== 1,
  };
}

function choosesCandidates(create: Create, breach: Breach): void {
  for (const policy of promotionsOf(create)) {
    for (const candidates of sampleCandidates()) {
      const chosen: unknown = policy.choose(candidates, HEALTH);
      if (chosen === null || candidates.some((each) => each === chosen)) continue;
      breach(`chose ${describe(chosen)} of ${describe(candidates)}`);
    }
  }
}

function leavesCandidates(create: Create, breach: Breach): void {
  for (const policy of promotionsOf(create)) {
    const all = sampleCandidates();
    const before = describe(all);
    const chosen = all.map((candidates) => policy.choose(candidates, HEALTH));
    if (describe(all) !== before) breach(`${before} became ${describe(all)}`);
    for (let i = all.length - 1; i >= 0; i--) {
      const again = policy.choose(all[i], HEALTH);
      if (again !== chosen[i]) breach(`chose ${describe(chosen[i])}, then ${describe(again)}`);
    }
  }
}

function describe(value: unknown): string {
  return inspect(value, { breakLength: Number.POSITIVE_INFINITY, depth: 4 });
}
