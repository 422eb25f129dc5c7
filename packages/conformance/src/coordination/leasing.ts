import type { CoordinationStore, Lease } from '@shardmux/plugin-api';
import type { Harness } from './harness.js';

/** The shortest that every store has, in ms. */
const TTL = 1_000;

async function leaseOf(harness: Harness, store: CoordinationStore, onLost = () => {}): Promise<Lease> {
  const lease = await harness.settled('lease', store.lease(TTL, onLost));
  if (!lease.isLive) harness.proof.breach('a new one is not live');
  return lease;
}

export async function showsLeasedKeys(harness: Harness): Promise<void> {
  const [holder, other] = [harness.join(), harness.join()];
  const key = harness.key('leased');
  const lease = await leaseOf(harness, holder);
  for (const value of ['first', 'second']) {
    await harness.settled('put', lease.put(key, value));
    if ((await harness.value(other, key)) !== value)
      harness.proof.breach(`the other does not see "${value}"`);
  }
  if (!(await harness.settled('list', other.list(harness.key('')))).has(key))
    harness.proof.breach('it is not listed');
}

export async function endsLease(harness: Harness): Promise<void> {
  const [holder, other] = [harness.join(), harness.join()];
  let losses = 0;
  const lease = await leaseOf(harness, holder, () => losses++);
  await harness.settled('put', lease.put(harness.key('leased'), 'value'));
  await harness.set(holder, harness.key('lasting'), 'value');
  const gone = harness.untilRead(other, harness.key('leased'), null);
  await harness.settled('end', lease.end());
  await gone;
  await harness.settled('the second end', lease.end());
  if (lease.isLive) harness.proof.breach('it is live after its end');
  await harness.rejects('put', 'SHARDMUX_COORDINATION_LEASE', () => lease.put(harness.key('late'), 'value'));
  if ((await harness.value(other, harness.key('late'))) !== null)
    harness.proof.breach('what came late is there');
  if ((await harness.value(other, harness.key('lasting'))) !== 'value')
    harness.proof.breach('another key is gone');
  if (losses > 0) harness.proof.breach('its holder, who ended it, is told that it is lost');
}

export async function endsLeasesAtStop(harness: Harness): Promise<void> {
  const [holder, other] = [harness.join(), harness.join()];
  const lease = await leaseOf(harness, holder);
  await harness.settled('put', lease.put(harness.key('leased'), 'value'));
  const gone = harness.untilRead(other, harness.key('leased'), null);
  await harness.settled('stop', holder.stop());
  await gone;
  if (lease.isLive) harness.proof.breach('it is live after the stop');
}

export async function takesKeysOver(harness: Harness): Promise<void> {
  const [one, other] = [harness.join(), harness.join()];
  const [taken, own] = [harness.key('taken'), harness.key('own')];
  await harness.set(other, taken, 'old');
  const first = await leaseOf(harness, one);
  await harness.settled('put', first.put(taken, 'first'));
  await harness.settled('put', first.put(own, 'first'));
  const second = await leaseOf(harness, other);
  await harness.settled('put', second.put(taken, 'second'));
  const gone = harness.untilRead(one, own, null);
  await harness.settled('end', first.end());
  await gone;
  const left = await harness.value(one, taken);
  if (left !== 'second') harness.proof.breach(`the key that another lease has is ${left}`);
}

/** Twice its ttl, and what a store may round it up by. */
const LONG = 2 * TTL + 500;

export async function keepsLease(harness: Harness): Promise<void> {
  const [holder, other] = [harness.join(), harness.join()];
  const lease = await leaseOf(harness, holder, () => {});
  await harness.settled('put', lease.put(harness.key('leased'), 'value'));
  await new Promise((resolve) => setTimeout(resolve, LONG));
  if (!lease.isLive) harness.proof.breach(`it is lost after ${LONG} ms`);
  if ((await harness.value(other, harness.key('leased'))) === null) {
    harness.proof.breach(`its key is gone after ${LONG} ms`);
  }
}
