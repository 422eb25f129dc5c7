import { inspect } from 'node:util';
import type { ReadableServer, ReadPolicy } from '@shardmux/plugin-api';
import { type ConformanceCase, conformanceCase } from './conformance-case.js';
import type { Breach } from './conformance-error.js';

type Create = () => ReadPolicy;

const suite: readonly [promise: string, prove: (create: Create, breach: Breach) => void][] = [
  ['says what it needs: usesReplicas and followsWrites are booleans', saysItsNeeds],
  ['chooses a list of the servers that it is given, each once', choosesAmongGiven],
  ['chooses a replica only if it says that it uses them', usesWhatItSays],
  ['keeps no state: the choice follows from the servers alone', keepsNoState],
  ['goes by what the servers are, not by their order', ignoresOrder],
  ['leaves the servers as they are', leavesServers],
];

/**
 * What every read policy promises.
 * @param create gives a new instance, as the plugin's `create` does
 */
export function readsSuite(create: Create): ConformanceCase[] {
  return suite.map(([promise, prove]) => conformanceCase(promise, (breach) => prove(create, breach)));
}

const LATENCIES = [0, 0.2, 1, 40, Number.POSITIVE_INFINITY];

/** A shard with no replica, and with up to three, near and far, fast and slow. */
function sampleShards(): ReadableServer[][] {
  return [0, 1, 2, 3].flatMap((replicas) =>
    LATENCIES.flatMap((_, shift) => [0, 1, 5, 10].map((near) => sampleShard(replicas, shift, near))),
  );
}

/** @param near whose bits say which servers are. */
function sampleShard(replicas: number, shift: number, near: number): ReadableServer[] {
  return Array.from({ length: replicas + 1 }, (_, i) => ({
    name: i === 0 ? 'primary' : `replica ${i}`,
    isPrimary: i === 0,
    isNear: ((near >> i) & 1) === 1,
    // Only a primary is shown that does not answer.
    latency: i === 0 ? LATENCIES[shift] : LATENCIES[(shift + i) % (LATENCIES.length - 1)],
  }));
}

function saysItsNeeds(create: Create, breach: Breach): void {
  const { usesReplicas, followsWrites } = create();
  for (const [name, value] of Object.entries({ usesReplicas, followsWrites })) {
    if (typeof value !== 'boolean') breach(`${name} is ${describe(value)}`);
  }
}

function choosesAmongGiven(create: Create, breach: Breach): void {
  const policy = create();
  for (const servers of sampleShards()) {
    const chosen: unknown = policy.choose(servers);
    if (!Array.isArray(chosen)) breach(`${describe(chosen)} for ${describe(servers)}`);
    const isKnown = (server: ReadableServer) => servers.includes(server);
    const list = chosen as ReadableServer[];
    if (!list.every(isKnown) || new Set(list).size !== list.length)
      breach(`${describe(chosen)} for ${describe(servers)}`);
  }
}

function usesWhatItSays(create: Create, breach: Breach): void {
  const policy = create();
  if (policy.usesReplicas) return;
  for (const servers of sampleShards()) {
    const replica = policy.choose(servers).find(({ isPrimary }) => !isPrimary);
    if (replica !== undefined) breach(`usesReplicas is false, and it chose ${describe(replica)}`);
  }
}

function keepsNoState(create: Create, breach: Breach): void {
  const policy = create();
  const shards = sampleShards();
  const choices = shards.map((servers) => describe(policy.choose(servers)));
  for (let i = shards.length - 1; i >= 0; i--) {
    const again = describe(policy.choose(shards[i]));
    if (again !== choices[i]) breach(`first ${choices[i]}, then ${again} for ${describe(shards[i])}`);
  }
}

function ignoresOrder(create: Create, breach: Breach): void {
  const policy = create();
  const chosenOf = (servers: readonly ReadableServer[]) =>
    policy
      .choose(servers)
      .map(({ name }) => name)
      .sort()
      .join(', ');
  for (const servers of sampleShards()) {
    const turned = servers.toReversed();
    if (chosenOf(servers) !== chosenOf(turned))
      breach(`${chosenOf(servers)} of ${describe(servers)}, and ${chosenOf(turned)} the other way round`);
  }
}

function leavesServers(create: Create, breach: Breach): void {
  const policy = create();
  for (const servers of sampleShards()) {
    const before = describe(servers);
    policy.choose(servers);
    if (describe(servers) !== before) breach(`${before} became ${describe(servers)}`);
  }
}

function describe(value: unknown): string {
  return inspect(value, { breakLength: Number.POSITIVE_INFINITY });
}
