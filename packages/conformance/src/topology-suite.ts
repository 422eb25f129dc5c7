import type {
  Endpoint,
  NodeDescription,
  ReplicaDescription,
  TopologyListener,
  TopologySnapshot,
  TopologySource,
} from '@shardmux/plugin-api';
import { Condition } from './condition.js';
import { type ConformanceCase, timedCase } from './conformance-case.js';
import { type Proof, TIME_LIMIT } from './proof.js';

export interface TopologySuiteOptions {
  /** Makes the servers other than they were, each time it is called. Left out where a source sees no change. */
  readonly change?: () => Promise<void>;
  /** Gives a source whose servers cannot be learnt. Left out where there is no such thing. */
  readonly createWithoutServers?: () => TopologySource;
  /** How long one check may take, in ms: 4,000 unless told. */
  readonly limit?: number;
}

interface Subject extends TopologySuiteOptions {
  readonly create: () => TopologySource;
}

type Suite = readonly [promise: string, prove: (proof: Proof, subject: Subject) => Promise<void>][];

const forAll: Suite = [
  ['resolves start once the first snapshot was delivered', startsWithSnapshot],
  ['has a node in every snapshot', hasNodes],
  ['gives every node and replica of a snapshot a name of its own', namesServers],
  ['gives every node a positive whole weight', weighsNodes],
  ['gives every node and replica an endpoint that can be connected to', hasEndpoints],
  ['gives zones as texts', hasZones],
  ['raises the epoch with every snapshot', raisesEpoch],
  ['leaves a snapshot as it was delivered', leavesSnapshots],
  ['delivers nothing after stop resolved', fallsSilent],
  ['may be stopped twice', stopsTwice],
  ['settles a start that is stopped meanwhile', settlesStoppedStart],
  ['serves every instance by itself', isIndependent],
];

/**
 * What every topology source promises.
 * @param create gives a new instance, as the plugin's `create` does
 */
export function topologySuite(
  create: () => TopologySource,
  options: TopologySuiteOptions = {},
): ConformanceCase[] {
  const { createWithoutServers, limit = TIME_LIMIT } = options;
  const suite = [...forAll];
  if (options.change) suite.push(['delivers a snapshot after every change', deliversChanges]);
  if (createWithoutServers) {
    const prove = (proof: Proof) => rejectsStart(proof, createWithoutServers);
    suite.push(['rejects start where no snapshot is to be had', prove]);
  }
  const subject = { ...options, create };
  return suite.map(([promise, prove]) => timedCase(promise, limit, (proof) => prove(proof, subject)));
}

/** How many changes are watched, where there can be any. */
const CHANGES = 3;

/** Writes down what one source delivers. */
class Watch implements TopologyListener {
  readonly snapshots: TopologySnapshot[] = [];
  /** The snapshots as they were when they came. */
  readonly texts: string[] = [];
  readonly errors: Error[] = [];
  readonly #condition = new Condition();

  changed(snapshot: TopologySnapshot): void {
    this.snapshots.push(snapshot);
    this.texts.push(JSON.stringify(snapshot));
    this.#condition.changed();
  }

  failed(error: Error): void {
    this.errors.push(error);
  }

  get deliveries(): number {
    return this.snapshots.length + this.errors.length;
  }

  snapshotsAbove(count: number): Promise<void> {
    return this.#condition.until(() => this.snapshots.length > count);
  }
}

/** A source that is started, and stopped when the proof is over. */
async function start(
  proof: Proof,
  { create }: Subject,
): Promise<{ readonly source: TopologySource; readonly watch: Watch }> {
  const source = create();
  const watch = new Watch();
  proof.finally(() => source.stop());
  await proof.settled('start', source.start(watch));
  return { source, watch };
}

async function changeOnce(proof: Proof, watch: Watch, change: () => Promise<void>): Promise<void> {
  const before = watch.snapshots.length;
  await proof.settled('the change', change());
  await proof.settled('the snapshot after a change', watch.snapshotsAbove(before));
}

/** What a source delivers at first and with some changes. */
async function watchChanges(proof: Proof, subject: Subject): Promise<Watch> {
  const { watch } = await start(proof, subject);
  if (subject.change) {
    for (let i = 0; i < CHANGES; i++) await changeOnce(proof, watch, subject.change);
  }
  return watch;
}

async function startsWithSnapshot(proof: Proof, subject: Subject): Promise<void> {
  const { watch } = await start(proof, subject);
  if (watch.snapshots.length === 0) proof.breach('start resolved without one');
}

async function hasNodes(proof: Proof, subject: Subject): Promise<void> {
  const { snapshots } = await watchChanges(proof, subject);
  const empty = snapshots.find(({ nodes }) => nodes.length === 0);
  if (empty) proof.breach(`the snapshot of epoch ${empty.epoch} has none`);
}

async function namesServers(proof: Proof, subject: Subject): Promise<void> {
  const { snapshots } = await watchChanges(proof, subject);
  for (const { epoch, nodes } of snapshots) {
    const names = serversOf(nodes).map(({ name }) => name);
    if (names.some((name) => typeof name !== 'string' || name === '')) proof.breach(`one is ${names}`);
    if (new Set(names).size < names.length) proof.breach(`in epoch ${epoch} the names are ${names}`);
  }
}

async function weighsNodes(proof: Proof, subject: Subject): Promise<void> {
  for (const { name, weight } of await nodesOf(proof, subject)) {
    if (!Number.isSafeInteger(weight) || weight < 1) proof.breach(`"${name}" has the weight ${weight}`);
  }
}

async function hasEndpoints(proof: Proof, subject: Subject): Promise<void> {
  for (const { name, endpoint } of serversOf(await nodesOf(proof, subject))) {
    if (!isEndpoint(endpoint)) proof.breach(`"${name}" is at ${JSON.stringify(endpoint)}`);
  }
}

async function hasZones(proof: Proof, subject: Subject): Promise<void> {
  for (const { name, zone } of serversOf(await nodesOf(proof, subject))) {
    const isText = typeof zone === 'string' && zone !== '';
    if (zone !== undefined && !isText) proof.breach(`"${name}" is in the zone ${JSON.stringify(zone)}`);
  }
}

async function nodesOf(proof: Proof, subject: Subject): Promise<NodeDescription[]> {
  const { snapshots } = await watchChanges(proof, subject);
  return snapshots.flatMap(({ nodes }) => nodes);
}

/** Primaries and replicas. */
function serversOf(nodes: readonly NodeDescription[]): ReplicaDescription[] {
  return nodes.flatMap((node) => [node, ...(node.replicas ?? [])]);
}

function isEndpoint(endpoint: Endpoint): boolean {
  if (endpoint.kind === 'unix') return typeof endpoint.path === 'string' && endpoint.path !== '';
  const { kind, host, port } = endpoint;
  if (kind !== 'tcp' || typeof host !== 'string' || host === '') return false;
  return Number.isInteger(port) && port >= 1 && port <= 65_535;
}

async function raisesEpoch(proof: Proof, subject: Subject): Promise<void> {
  const { snapshots } = await watchChanges(proof, subject);
  let last = Number.NEGATIVE_INFINITY;
  for (const { epoch } of snapshots) {
    if (!Number.isFinite(epoch)) proof.breach(`an epoch is ${epoch}`);
    if (epoch <= last) proof.breach(`after epoch ${last} comes ${epoch}`);
    last = epoch;
  }
}

async function leavesSnapshots(proof: Proof, subject: Subject): Promise<void> {
  const { snapshots, texts } = await watchChanges(proof, subject);
  snapshots.forEach((snapshot, i) => {
    const now = JSON.stringify(snapshot);
    if (now !== texts[i]) proof.breach(`${texts[i]} became ${now}`);
  });
}

async function fallsSilent(proof: Proof, subject: Subject): Promise<void> {
  const { source, watch } = await start(proof, subject);
  if (subject.change) await proof.settled('the change', subject.change());
  await proof.settled('stop', source.stop());
  await expectSilence(proof, subject, watch);
}

async function expectSilence(proof: Proof, { change }: Subject, watch: Watch): Promise<void> {
  const before = watch.deliveries;
  if (change) await proof.settled('the change', change());
  await proof.quiet();
  const late = watch.deliveries - before;
  if (late > 0) proof.breach(`${late} deliveries came later`);
}

async function stopsTwice(proof: Proof, subject: Subject): Promise<void> {
  const { source } = await start(proof, subject);
  await proof.settled('stop', source.stop());
  await proof.settled('the second stop', source.stop());
}

async function settlesStoppedStart(proof: Proof, subject: Subject): Promise<void> {
  const source = subject.create();
  const watch = new Watch();
  const started = source.start(watch).catch(() => {});
  await proof.settled('stop', source.stop());
  await proof.settled('start', started);
  await expectSilence(proof, subject, watch);
}

async function isIndependent(proof: Proof, subject: Subject): Promise<void> {
  const one = await start(proof, subject);
  const other = await start(proof, subject);
  if (one.watch.snapshots.length === 0 || other.watch.snapshots.length === 0) {
    proof.breach('one of two instances delivers no snapshot');
  }
  await proof.settled('stop', one.source.stop());
  if (subject.change) await changeOnce(proof, other.watch, subject.change);
}

async function deliversChanges(proof: Proof, subject: Subject): Promise<void> {
  const { texts } = await watchChanges(proof, subject);
  const nodes = texts.map((text) => JSON.stringify(JSON.parse(text).nodes));
  if (nodes.every((each) => each === nodes[0])) proof.breach('all snapshots have the same nodes');
}

async function rejectsStart(proof: Proof, create: () => TopologySource): Promise<void> {
  const source = create();
  proof.finally(() => source.stop());
  const outcome = source.start(new Watch()).then(
    () => 'resolved',
    () => 'rejected',
  );
  if ((await proof.settled('start', outcome)) === 'resolved') proof.breach('start resolved');
}
