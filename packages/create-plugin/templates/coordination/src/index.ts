import { API_VERSION, type CoordinationStore, definePlugin, type Plugin } from '@shardmux/plugin-api';
import { EmbeddedStore } from '@shardmux/plugin-coordination-embedded';

/** Keeps its keys at a place of their own in another store. Put what talks to your servers in its place. */
function placed(place: string, store: CoordinationStore): CoordinationStore {
  const at = (key: string) => `${place}/${key}`;
  return {
    isShared: store.isShared,
    start: (listener) => store.start(listener),
    stop: () => store.stop(),
    get: (key) => store.get(at(key)),
    async list(prefix) {
      const entries = await store.list(at(prefix));
      return new Map(Array.from(entries, ([key, entry]) => [key.slice(place.length + 1), entry]));
    },
    compareAndSet: (key, expected, value) => store.compareAndSet(at(key), expected, value),
    compareAndDelete: (key, expected) => store.compareAndDelete(at(key), expected),
    watch: (prefix, changed) => store.watch(at(prefix), changed),
    async lease(ttl, onLost) {
      const lease = await store.lease(ttl, onLost);
      return {
        get isLive() {
          return lease.isLive;
        },
        put: (key, value) => lease.put(at(key), value),
        end: () => lease.end(),
      };
    },
  };
}

export const plugins: readonly Plugin[] = [
  definePlugin({
    kind: 'coordination',
    name: 'my-thing',
    apiVersion: API_VERSION,
    create: () => placed('my-thing', new EmbeddedStore('my-thing')),
  }),
];
