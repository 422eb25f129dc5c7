import type { CoordinationStore } from '@shardmux/plugin-api';
import type { Harness } from './harness.js';

const STOPPED = 'SHARDMUX_COORDINATION_STOPPED';

/** Every call there is. */
export function calls(
  store: CoordinationStore,
  key: string,
  version: string,
): [name: string, call: () => Promise<unknown>][] {
  return [
    ['get', () => store.get(key)],
    ['list', () => store.list(key)],
    ['compareAndSet', () => store.compareAndSet(key, null, 'value')],
    ['compareAndDelete', () => store.compareAndDelete(key, version)],
    ['lease', () => store.lease(60_000, () => {})],
  ];
}

export async function rejectsWhenStopped(harness: Harness): Promise<void> {
  const store = harness.join();
  const version = await harness.set(store, harness.key('key'), 'value');
  await harness.settled('stop', store.stop());
  for (const [name, call] of calls(store, harness.key('key'), version)) {
    await harness.rejects(name, STOPPED, call);
  }
}

export async function stopsTwice(harness: Harness): Promise<void> {
  const store = harness.join();
  await harness.set(store, harness.key('key'), 'value');
  await harness.settled('stop', store.stop());
  await harness.settled('the second stop', store.stop());
}

export async function settlesOpenCalls(harness: Harness): Promise<void> {
  const store = harness.join();
  const key = harness.key('key');
  const version = await harness.set(store, key, 'value');
  const open = calls(store, key, version).map(([, call]) => call().catch(() => {}));
  await harness.settled('stop', store.stop());
  await harness.settled('what was called before', Promise.all(open));
}

export async function fallsSilentWhenStopped(harness: Harness): Promise<void> {
  const [watcher, writer] = [harness.participate(), harness.join()];
  const key = harness.key('watched');
  let told = 0;
  watcher.store.watch(key, () => told++);
  const version = await harness.set(writer, key, 'value');
  await harness.settled('stop', watcher.store.stop());
  const before = told + watcher.awayErrors.length + watcher.backs;
  await harness.settled('set', writer.compareAndSet(key, version, 'other'));
  await harness.proof.quiet();
  const late = told + watcher.awayErrors.length + watcher.backs - before;
  if (late > 0) harness.proof.breach(`it is told something ${late} times`);
}

export async function isIndependent(harness: Harness): Promise<void> {
  const [one, other] = [harness.join(), harness.join()];
  await harness.set(one, harness.key('key'), 'value');
  await harness.settled('stop', one.stop());
  if ((await harness.value(other, harness.key('key'))) !== 'value') {
    harness.proof.breach('the other does not find what was set');
  }
}
