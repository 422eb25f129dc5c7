import { Condition } from '../condition.js';
import type { Harness } from './harness.js';

/** Counts how often a watch was told. */
class Told {
  count = 0;
  readonly #condition = new Condition();

  readonly changed = (): void => {
    this.count++;
    this.#condition.changed();
  };

  above(count: number): Promise<void> {
    return this.#condition.until(() => this.count > count);
  }
}

export async function tellsBeginning(harness: Harness): Promise<void> {
  const told = new Told();
  harness.proof.finally(harness.join().watch(harness.key('watched'), told.changed));
  await harness.settled('the first call', told.above(0));
}

export async function tellsChanges(harness: Harness): Promise<void> {
  const [watcher, writer] = [harness.join(), harness.join()];
  for (const name of ['watched', 'watched/below', 'watched/far/below']) {
    const key = harness.key(name);
    const { until } = harness.follow(watcher, key);
    await until(null);
    const first = await harness.set(writer, key, 'first');
    await until('first');
    const second = await harness.settled('compareAndSet', writer.compareAndSet(key, first, 'second'));
    await until('second');
    await harness.settled('compareAndDelete', writer.compareAndDelete(key, second!));
    await until(null);
  }
}

export async function tellsPrefix(harness: Harness): Promise<void> {
  const [watcher, writer] = [harness.join(), harness.join()];
  const told = new Told();
  harness.proof.finally(watcher.watch(harness.key('some'), told.changed));
  await harness.settled('the first call', told.above(0));
  for (const name of ['some', 'some/one', 'something']) {
    const before = told.count;
    const version = await harness.set(writer, harness.key(name), 'value');
    await harness.settled(`a call after "${name}" was set`, told.above(before));
    const between = told.count;
    await harness.settled('delete', writer.compareAndDelete(harness.key(name), version));
    await harness.settled(`a call after "${name}" was deleted`, told.above(between));
  }
}

export async function fallsSilent(harness: Harness): Promise<void> {
  const [watcher, writer] = [harness.join(), harness.join()];
  const [ended, other] = [new Told(), new Told()];
  const unwatch = watcher.watch(harness.key('watched'), ended.changed);
  harness.proof.finally(watcher.watch(harness.key('watched'), other.changed));
  await harness.settled('the first call', Promise.all([ended.above(0), other.above(0)]));
  unwatch();
  unwatch();
  const [before, otherBefore] = [ended.count, other.count];
  await harness.set(writer, harness.key('watched'), 'value');
  await harness.settled('a call of the watch that goes on', other.above(otherBefore));
  await harness.proof.quiet();
  if (ended.count > before) harness.proof.breach(`it is told ${ended.count - before} times`);
}
