import type { TcpEndpoint } from '@shardmux/config-file';
import type { CoordinationStore } from '@shardmux/plugin-api';
import { PROXIES, type ProxyEntry, readEntry } from './proxy-entry.js';

/** Told where proxies are. */
export interface ProxyListener {
  changed(proxies: readonly ProxyEntry[]): void;
  failed(error: Error): void;
}

/** Where proxies are learnt from. */
export interface ProxyList {
  open(listener: ProxyListener): void;
  /** Nothing is told after it resolves. */
  close(): Promise<void>;
}

/** These, whether they are live or not. */
export function fixedProxies(addresses: readonly TcpEndpoint[]): ProxyList {
  const proxies = addresses.map((address) => ({ address, zone: null }));
  return { open: ({ changed }) => changed(proxies), close: async () => {} };
}

/** The proxies of one pool that have registered themselves. */
export class RegisteredProxies implements ProxyList {
  readonly #store: CoordinationStore;
  readonly #pool: string;
  #reads = 0;

  /** @param store its own: started and stopped here. */
  constructor(store: CoordinationStore, pool: string) {
    this.#store = store;
    this.#pool = pool;
  }

  open(listener: ProxyListener): void {
    this.#store.start({ away: (error) => listener.failed(error), back: () => {} });
    this.#store.watch(PROXIES, () => void this.#read(listener));
  }

  close(): Promise<void> {
    return this.#store.stop();
  }

  /** Of reads that overlap the last one counts. One that fails is followed by another, when the store is back. */
  async #read({ changed, failed }: ProxyListener): Promise<void> {
    const read = ++this.#reads;
    try {
      const entries = await this.#store.list(PROXIES);
      if (read !== this.#reads) return;
      changed(
        Array.from(entries.values(), ({ value }) => readEntry(this.#pool, value)).filter(
          (each) => each !== null,
        ),
      );
    } catch (error) {
      if (!isOfReach(error)) failed(error as Error);
    }
  }
}

/** Told already, or of no interest any more. */
function isOfReach(error: unknown): boolean {
  const code: unknown = Reflect.get(Object(error), 'code');
  return code === 'SHARDMUX_COORDINATION_AWAY' || code === 'SHARDMUX_COORDINATION_STOPPED';
}
