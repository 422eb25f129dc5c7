import type { CoordinationStore } from '@shardmux/plugin-api';
import type { Harness } from './harness.js';

const RIVALS = 8;
const INCREMENTS = 5;

export async function beginsEmpty(harness: Harness): Promise<void> {
  const entry = await harness.settled('get', harness.join().get(harness.key('nobody')));
  if (entry !== null) harness.proof.breach(`it is ${JSON.stringify(entry)}`);
}

export async function showsToAll(harness: Harness): Promise<void> {
  const key = harness.key('shown');
  const [one, other] = [harness.join(), harness.join()];
  for (const [writer, reader] of [
    [one, other],
    [other, one],
  ]) {
    const before = await harness.settled('get', writer.get(key));
    const version = await harness.settled(
      'compareAndSet',
      writer.compareAndSet(key, before?.version ?? null, `after ${before?.value}`),
    );
    for (const each of [writer, reader]) {
      const entry = await harness.settled('get', each.get(key));
      if (entry?.value !== `after ${before?.value}` || entry.version !== version) {
        harness.proof.breach(`version ${version} was set, and ${JSON.stringify(entry)} is read`);
      }
    }
  }
}

export async function setsOnce(harness: Harness): Promise<void> {
  const key = harness.key('one');
  const stores = [harness.join(), harness.join()];
  const attempts = Array.from({ length: RIVALS }, (_, i) =>
    stores[i % 2].compareAndSet(key, null, `by ${i}`),
  );
  const versions = await harness.settled('compareAndSet', Promise.all(attempts));
  const winners = versions.flatMap((version, i) => (version === null ? [] : [i]));
  if (winners.length !== 1) harness.proof.breach(`${winners.length} of ${RIVALS} have set it`);
  const value = await harness.value(stores[0], key);
  if (value !== `by ${winners[0]}`) harness.proof.breach(`${winners[0]} has set it, and it is ${value}`);
}

export async function setsByVersion(harness: Harness): Promise<void> {
  const key = harness.key('versioned');
  const store = harness.join();
  const first = await harness.set(store, key, 'first');
  const second = await harness.settled('compareAndSet', store.compareAndSet(key, first, 'second'));
  if (second === null) harness.proof.breach('the version that stands there is refused');
  for (const stale of [first, null]) {
    const version = await harness.settled('compareAndSet', store.compareAndSet(key, stale, 'late'));
    if (version !== null) harness.proof.breach(`where ${second} stands, ${stale} is taken`);
  }
  const absent = harness.settled('compareAndSet', store.compareAndSet(harness.key('absent'), first, 'late'));
  if ((await absent) !== null) harness.proof.breach('where nothing stands, a version is taken');
  const value = await harness.value(store, key);
  if (value !== 'second') harness.proof.breach(`it is ${value} after what was refused`);
}

export async function versionsWrites(harness: Harness): Promise<void> {
  const key = harness.key('again');
  const store = harness.join();
  const versions = [await harness.set(store, key, 'a')];
  for (const value of ['b', 'a']) {
    const version = await harness.settled('set', store.compareAndSet(key, versions.at(-1)!, value));
    versions.push(version ?? harness.proof.breach('the version that stands there is refused'));
  }
  await harness.settled('delete', store.compareAndDelete(key, versions.at(-1)!));
  versions.push(await harness.set(store, key, 'a'));
  if (new Set(versions).size < versions.length) harness.proof.breach(`they are ${versions.join(', ')}`);
  for (const old of versions.slice(0, -1)) {
    const taken = await harness.settled('set', store.compareAndSet(key, old, 'late'));
    if (taken !== null) harness.proof.breach(`${old} of ${versions.join(', ')} is taken`);
  }
}

export async function deletesByVersion(harness: Harness): Promise<void> {
  const key = harness.key('deleted');
  const [store, other] = [harness.join(), harness.join()];
  const first = await harness.set(store, key, 'first');
  const second = await harness.settled('compareAndSet', store.compareAndSet(key, first, 'second'));
  if (await harness.settled('compareAndDelete', store.compareAndDelete(key, first))) {
    harness.proof.breach('an old version is taken');
  }
  if ((await harness.value(other, key)) !== 'second') harness.proof.breach('it is gone by an old version');
  if (!(await harness.settled('compareAndDelete', store.compareAndDelete(key, second!)))) {
    harness.proof.breach('the version that stands there is refused');
  }
  if ((await harness.value(other, key)) !== null) harness.proof.breach('it is still there');
  const listed = await harness.settled('list', other.list(key));
  if (listed.size > 0) harness.proof.breach('it is still listed');
  if (await harness.settled('compareAndDelete', store.compareAndDelete(key, second!))) {
    harness.proof.breach('what is gone can be deleted');
  }
}

export async function losesNoUpdate(harness: Harness): Promise<void> {
  const key = harness.key('counter');
  const stores = [harness.join(), harness.join()];
  await harness.set(stores[0], key, '0');
  const counting = stores.map(async (store) => {
    for (let i = 0; i < INCREMENTS; i++) await increment(store, key);
  });
  await harness.settled('counting', Promise.all(counting));
  const total = await harness.value(stores[0], key);
  const expected = String(stores.length * INCREMENTS);
  if (total !== expected) harness.proof.breach(`${expected} times one makes ${total}`);
}

async function increment(store: CoordinationStore, key: string): Promise<void> {
  for (;;) {
    const { value, version } = (await store.get(key))!;
    if ((await store.compareAndSet(key, version, String(Number(value) + 1))) !== null) return;
  }
}

export async function keepsTexts(harness: Harness): Promise<void> {
  const store = harness.join();
  const texts = ['{"a":["\\n"]}', ' blank\n\tand "quoted" ', 'é\u0000€😀', 'long'.repeat(5_000)];
  for (const [i, text] of texts.entries()) {
    const key = harness.key(`text${i}`);
    await harness.set(store, key, text);
    if ((await harness.value(store, key)) !== text) harness.proof.breach(`${text.slice(0, 20)} is another`);
  }
}

export async function listsPrefix(harness: Harness): Promise<void> {
  const store = harness.join();
  const [under, beside] = [
    ['in/a', 'in/b/c', 'in/b_2.x:1-'],
    ['in', 'i', 'in.', 'inn/a', 'out/in/a'],
  ];
  for (const name of [...under, ...beside]) await harness.set(store, harness.key(name), `value of ${name}`);
  const listed = await harness.settled('list', store.list(harness.key('in/')));
  const expected = under.map((name) => harness.key(name));
  if (expected.join() !== [...listed.keys()].sort().join()) {
    harness.proof.breach(`the keys are ${[...listed.keys()].join(', ')}, not ${expected.join(', ')}`);
  }
  for (const [key, entry] of listed) {
    const own = await harness.settled('get', store.get(key));
    if (entry.value !== own?.value || entry.version !== own.version) {
      harness.proof.breach(
        `"${key}" is listed as ${JSON.stringify(entry)} and read as ${JSON.stringify(own)}`,
      );
    }
  }
  const none = await harness.settled('list', store.list(harness.key('none/')));
  if (none.size > 0) harness.proof.breach('under a prefix that nobody uses there is something');
}
