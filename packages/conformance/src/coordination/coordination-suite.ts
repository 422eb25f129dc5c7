import type { CoordinationStore } from '@shardmux/plugin-api';
import { type ConformanceCase, timedCase } from '../conformance-case.js';
import { TIME_LIMIT } from '../proof.js';
import { type CoordinationSuiteOptions, Harness } from './harness.js';
import {
  beginsEmpty,
  deletesByVersion,
  keepsTexts,
  listsPrefix,
  losesNoUpdate,
  setsByVersion,
  setsOnce,
  showsToAll,
  versionsWrites,
} from './keys.js';
import { endsLease, endsLeasesAtStop, keepsLease, showsLeasedKeys, takesKeysOver } from './leasing.js';
import {
  losesLease,
  outlastsOutage,
  rejectsWhenAway,
  startsWhenAway,
  tellsMissedChanges,
  tellsOutage,
} from './outages.js';
import {
  fallsSilentWhenStopped,
  isIndependent,
  rejectsWhenStopped,
  settlesOpenCalls,
  stopsTwice,
} from './stopping.js';
import { fallsSilent, tellsBeginning, tellsChanges, tellsPrefix } from './watching.js';

type Suite = readonly [promise: string, prove: (harness: Harness) => Promise<void>][];

const forAll: Suite = [
  ['has nothing under a key that nobody set', beginsEmpty],
  ['shows every participant what one has set, with its version', showsToAll],
  ['sets a key that is not there for one participant alone', setsOnce],
  ['sets a key by the version that stands there, and by no other', setsByVersion],
  ['gives every write another version', versionsWrites],
  ['deletes a key by the version that stands there, and by no other', deletesByVersion],
  ['loses no update', losesNoUpdate],
  ['keeps every text as it is', keepsTexts],
  ['lists what begins with a prefix, and nothing else', listsPrefix],
  ['tells a watch at the beginning', tellsBeginning],
  ['tells a watch when a key is set, and when it is deleted', tellsChanges],
  ['tells a watch of every key that begins with the prefix', tellsPrefix],
  ['tells a watch that was ended nothing, and the others all', fallsSilent],
  ['shows every participant what is put under a lease', showsLeasedKeys],
  ['ends a lease with its keys, and no others, when told to', endsLease],
  ['ends its leases when it is stopped', endsLeasesAtStop],
  ['leaves a key to the lease that put it last', takesKeysOver],
  ['keeps a lease for as long as it is held', keepsLease],
  ['rejects calls when it is stopped', rejectsWhenStopped],
  ['may be stopped twice', stopsTwice],
  ['settles what is called when it is stopped', settlesOpenCalls],
  ['tells nothing after stop resolved', fallsSilentWhenStopped],
  ['serves every instance by itself', isIndependent],
];

const forOutages: Suite = [
  ['tells once that it is away, and once that it is back', tellsOutage],
  ['rejects calls while it is away', rejectsWhenAway],
  ['may be started while it is away', startsWhenAway],
  ['tells a watch of what changed while it was away', tellsMissedChanges],
  ['tells in time that a lease is lost, whose keys vanish', losesLease],
  ['keeps a lease that outlasts an outage', outlastsOutage],
];

/**
 * What every coordination store promises.
 * @param create gives a new store, as the plugin's `create` does; all of them see the same keys
 */
export function coordinationSuite(
  create: () => CoordinationStore,
  options: CoordinationSuiteOptions = {},
): ConformanceCase[] {
  const { outage, limit = TIME_LIMIT } = options;
  const suite = outage === undefined ? forAll : [...forAll, ...forOutages];
  return suite.map(([promise, prove]) =>
    timedCase(promise, limit, (proof) => prove(new Harness(proof, create, options))),
  );
}
