import type { CoordinationEntry, CoordinationListener, CoordinationStore, Lease } from '@shardmux/plugin-api';
import { EtcdLease } from './etcd-lease.js';
import { Gateway, type GatewayOptions } from './gateway.js';
import { base64, rangeOf, text } from './ranges.js';
import { WatchStream } from './watch-stream.js';

export interface EtcdOptions extends GatewayOptions {
  /** What all keys begin with: `shardmux/`. */
  readonly prefix: string;
}

interface KeyValue {
  readonly key: string;
  /** Left out where it is empty. */
  readonly value?: string;
  readonly mod_revision: string;
}

interface TransactionAnswer {
  readonly header: { readonly revision: string };
  readonly succeeded?: boolean;
}

/** Keys in etcd 3.4 or later, by its JSON gateway. A version is the revision of the last write. */
export class EtcdStore implements CoordinationStore {
  readonly isShared = true;
  readonly #gateway: Gateway;
  readonly #prefix: string;
  readonly #watches = new Set<WatchStream>();
  readonly #leases = new Set<EtcdLease>();

  constructor(options: EtcdOptions) {
    this.#gateway = new Gateway(options);
    this.#prefix = options.prefix;
  }

  start(listener: CoordinationListener): void {
    this.#gateway.reach.open(listener);
  }

  async stop(): Promise<void> {
    for (const watch of this.#watches) watch.end();
    const ends = Array.from(this.#leases, (lease) => lease.end());
    await Promise.all(ends);
    this.#gateway.close();
  }

  async get(key: string): Promise<CoordinationEntry | null> {
    const [found] = await this.#range({ key: this.#at(key) });
    return found === undefined ? null : entryOf(found);
  }

  async list(prefix: string): Promise<ReadonlyMap<string, CoordinationEntry>> {
    const found = await this.#range(rangeOf(this.#prefix + prefix));
    return new Map(found.map((each) => [text(each.key).slice(this.#prefix.length), entryOf(each)]));
  }

  async compareAndSet(key: string, expected: string | null, value: string): Promise<string | null> {
    const put = { request_put: { key: this.#at(key), value: base64(value) } };
    const { succeeded, header } = await this.#transaction(key, expected, put);
    return succeeded ? header.revision : null;
  }

  async compareAndDelete(key: string, expected: string): Promise<boolean> {
    const { succeeded } = await this.#transaction(key, expected, {
      request_delete_range: { key: this.#at(key) },
    });
    return succeeded === true;
  }

  watch(prefix: string, changed: () => void): () => void {
    this.#gateway.reach.check();
    const watch = new WatchStream(this.#gateway, rangeOf(this.#prefix + prefix), changed);
    this.#watches.add(watch);
    return () => {
      this.#watches.delete(watch);
      watch.end();
    };
  }

  async lease(ttl: number, onLost: () => void): Promise<Lease> {
    const ended = () => this.#leases.delete(lease);
    const lease = await EtcdLease.grant(this.#gateway, {
      ttl,
      onLost,
      ended,
      at: (key) => this.#at(key),
    });
    this.#leases.add(lease);
    // It may have been stopped meanwhile.
    if (!this.#gateway.reach.isOpen) await lease.end();
    return lease;
  }

  #at(key: string): string {
    return base64(this.#prefix + key);
  }

  async #range(body: object): Promise<readonly KeyValue[]> {
    const { kvs = [] } = await this.#gateway.call<{ readonly kvs?: readonly KeyValue[] }>({
      method: 'kv/range',
      body,
      isRepeatable: true,
    });
    return kvs;
  }

  /** What is done if the key has the expected revision; none: if it is not there. */
  #transaction(key: string, expected: string | null, operation: object): Promise<TransactionAnswer> {
    // A key that is not there has the revision 0.
    const compare = { key: this.#at(key), target: 'MOD', result: 'EQUAL', mod_revision: expected ?? '0' };
    const body = { compare: [compare], success: [operation] };
    return this.#gateway.call({ method: 'kv/txn', body, isRepeatable: false });
  }
}

function entryOf({ value = '', mod_revision }: KeyValue): CoordinationEntry {
  return { value: text(value), version: mod_revision };
}
