import { Condition } from '../condition.js';
import type { Harness } from './harness.js';
import { calls } from './stopping.js';

const AWAY = 'SHARDMUX_COORDINATION_AWAY';

/** Of a lease that is lost in an outage, in ms. */
const SHORT = 1_500;
/** Of one that outlasts it. */
const LONG = 30_000;
/** How much later than the ttl is over it may be told, in ms. */
const SLACK = 250;

export async function tellsOutage(harness: Harness): Promise<void> {
  const participant = harness.participate();
  const { store, awayErrors } = participant;
  harness.proof.finally(store.watch(harness.key('key'), () => {}));
  await harness.set(store, harness.key('key'), 'value');
  if (awayErrors.length > 0) harness.proof.breach(`away is told while it is there: ${awayErrors[0].message}`);
  await harness.settled('the beginning of the outage', harness.cutOff());
  const isAway = () => awayErrors.length > 0;
  await harness.settled('that it is told away', participant.told(isAway));
  await harness.rejects('get', AWAY, () => store.get(harness.key('key')));
  if (participant.backs > 0) harness.proof.breach('back is told while the store is away');
  await harness.settled('the end of the outage', harness.reconnect());
  const isBack = () => participant.backs > 0;
  await harness.settled('that it is told back', participant.told(isBack));
  if ((await harness.value(store, harness.key('key'))) !== 'value')
    harness.proof.breach('what was set is gone');
  const { length } = awayErrors;
  if (length !== 1 || participant.backs !== 1) {
    harness.proof.breach(`away is told ${length} times, and back ${participant.backs}`);
  }
}

export async function rejectsWhenAway(harness: Harness): Promise<void> {
  const store = harness.join();
  const key = harness.key('key');
  const version = await harness.set(store, key, 'value');
  await harness.settled('the beginning of the outage', harness.cutOff());
  const asked = calls(store, key, version);
  await Promise.all(asked.map(([name, call]) => harness.rejects(name, AWAY, call)));
  await harness.settled('the end of the outage', harness.reconnect());
}

export async function startsWhenAway(harness: Harness): Promise<void> {
  await harness.settled('the beginning of the outage', harness.cutOff());
  const store = harness.join();
  await harness.rejects('get', AWAY, () => store.get(harness.key('key')));
  const found = harness.untilRead(store, harness.key('key'), null);
  await harness.settled('the end of the outage', harness.reconnect());
  await found;
}

export async function tellsMissedChanges(harness: Harness): Promise<void> {
  const store = harness.join();
  const beside = harness.joinBeside();
  const key = harness.key('key');
  const version = await harness.set(store, key, 'first');
  const { until } = harness.follow(store, key);
  await until('first');
  await harness.settled('the beginning of the outage', harness.cutOff());
  const write = (from: typeof store) => harness.settled('set', from.compareAndSet(key, version, 'second'));
  if (beside !== null) await write(beside);
  await harness.settled('the end of the outage', harness.reconnect());
  if (beside === null) await write(harness.join());
  await until('second');
}

export async function losesLease(harness: Harness): Promise<void> {
  const store = harness.join();
  const [key, later] = [harness.key('leased'), harness.key('later')];
  const condition = new Condition();
  let losses = 0;
  const onLost = () => {
    losses++;
    condition.changed();
  };
  const lease = await harness.settled('lease', store.lease(SHORT, onLost));
  await harness.settled('put', lease.put(key, 'value'));
  await harness.settled('the beginning of the outage', harness.cutOff());
  const inTime = timer(SHORT + SLACK).then(() => losses > 0);
  const isLost = condition.until(() => losses > 0);
  await harness.settled('that the loss is told', isLost);
  if (!(await harness.settled('the ttl', inTime))) harness.proof.breach('it is told after the ttl');
  if (lease.isLive) harness.proof.breach('what is lost is live');
  await harness.rejects('put', 'SHARDMUX_COORDINATION_LEASE', () => lease.put(later, 'value'));
  await harness.settled('the end of the outage', harness.reconnect());
  await harness.untilRead(harness.join(), key, null);
  await harness.settled('end', lease.end());
  if (losses > 1) harness.proof.breach(`the loss is told ${losses} times`);
}

/** On a busy machine it is late, as all timers are. */
function timer(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

export async function outlastsOutage(harness: Harness): Promise<void> {
  const participant = harness.participate();
  const { store } = participant;
  const key = harness.key('leased');
  let losses = 0;
  const lease = await harness.settled(
    'lease',
    store.lease(LONG, () => losses++),
  );
  await harness.settled('put', lease.put(key, 'value'));
  await harness.settled('the beginning of the outage', harness.cutOff());
  await harness.settled('the end of the outage', harness.reconnect());
  await harness.untilRead(store, key, 'value');
  await harness.untilRead(harness.join(), key, 'value');
  if (losses > 0 || !lease.isLive) harness.proof.breach('it is lost');
  await harness.settled('put', lease.put(key, 'other'));
}
