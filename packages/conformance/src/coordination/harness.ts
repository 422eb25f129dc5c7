import { randomUUID } from 'node:crypto';
import type { CoordinationListener, CoordinationStore } from '@shardmux/plugin-api';
import { Condition } from '../condition.js';
import type { Proof } from '../proof.js';

/** What cuts stores off from their servers. */
export interface Outage {
  /** No server can be reached when it is done. */
  begin(): void | Promise<void>;
  /** They can be again. */
  end(): void | Promise<void>;
}

export interface CoordinationSuiteOptions {
  /** Left out: the store cannot be out of reach. */
  readonly outage?: Outage;
  /** Gives a store that sees the same keys, and that the outage leaves alone. Left out: there is none. */
  readonly createBeside?: () => CoordinationStore;
  /** How long one check may take, in ms: 4,000 unless told. Outages need more. */
  readonly limit?: number;
}

/** One participant: a started store and what it was told. */
export class Participant implements CoordinationListener {
  readonly store: CoordinationStore;
  readonly awayErrors: Error[] = [];
  backs = 0;
  readonly #condition = new Condition();

  constructor(store: CoordinationStore) {
    this.store = store;
    store.start(this);
  }

  away(error: Error): void {
    this.awayErrors.push(error);
    this.#condition.changed();
  }

  back(): void {
    this.backs++;
    this.#condition.changed();
  }

  told(holds: () => boolean): Promise<void> {
    return this.#condition.until(holds);
  }
}

/** A key as a watch shows it. */
interface Followed {
  /** Waits until the key has the value; `null`: until it is gone. */
  readonly until: (value: string | null) => Promise<void>;
  readonly unwatch: () => void;
}

/** What one proof works with: participants that are gone when it is over, and keys that no other proof uses. */
export class Harness {
  readonly proof: Proof;
  readonly #create: () => CoordinationStore;
  readonly #options: CoordinationSuiteOptions;
  readonly #place = randomUUID();
  #isCutOff = false;

  constructor(proof: Proof, create: () => CoordinationStore, options: CoordinationSuiteOptions) {
    this.proof = proof;
    this.#create = create;
    this.#options = options;
  }

  key(name: string): string {
    return `${this.#place}/${name}`;
  }

  join(): CoordinationStore {
    return this.participate().store;
  }

  participate(create = this.#create): Participant {
    const participant = new Participant(create());
    this.proof.finally(() => participant.store.stop());
    return participant;
  }

  /** One that the outage leaves alone, if there is any. */
  joinBeside(): CoordinationStore | null {
    const { createBeside } = this.#options;
    return createBeside === undefined ? null : this.participate(createBeside).store;
  }

  async cutOff(): Promise<void> {
    this.#isCutOff = true;
    this.proof.finally(() => this.reconnect());
    await this.#options.outage?.begin();
  }

  /** Happens at the end of the proof at the latest. */
  async reconnect(): Promise<void> {
    if (!this.#isCutOff) return;
    this.#isCutOff = false;
    await this.#options.outage?.end();
  }

  /** Sets a key that is not there. */
  async set(store: CoordinationStore, key: string, value: string): Promise<string> {
    const version = await this.settled('compareAndSet', store.compareAndSet(key, null, value));
    return version ?? this.proof.breach(`"${key}" is not there, and cannot be set by null`);
  }

  async value(store: CoordinationStore, key: string): Promise<string | null> {
    const entry = await this.settled('get', store.get(key));
    return entry === null ? null : entry.value;
  }

  /** Waits until a key has the value, as a watch shows it; `null`: until it is gone. */
  async untilRead(store: CoordinationStore, key: string, value: string | null): Promise<void> {
    const { until, unwatch } = this.follow(store, key);
    await until(value);
    unwatch();
  }

  /** Follows a key by one watch. */
  follow(store: CoordinationStore, key: string): Followed {
    const condition = new Condition();
    let found: string | null | undefined;
    const unwatch = store.watch(key, async () => {
      const entry = await store.get(key).catch(() => undefined);
      if (entry === undefined) return;
      found = entry === null ? null : entry.value;
      condition.changed();
    });
    this.proof.finally(unwatch);
    const until = (value: string | null) => {
      const what = value === null ? `that "${key}" vanishes` : `that "${key}" is ${value}`;
      const isFound = condition.until(() => found === value);
      return this.settled(what, isFound);
    };
    return { until, unwatch };
  }

  /** A breach where the call does not reject with the code. */
  async rejects(what: string, code: string, call: () => Promise<unknown>): Promise<void> {
    // What is thrown is a rejection too.
    const outcome = (async () => call())().then(
      () => 'nothing',
      (error: unknown) => Reflect.get(Object(error), 'code') ?? String(error),
    );
    const found = await this.settled(what, outcome);
    if (found !== code) this.proof.breach(`${what} rejects with ${found}, not with ${code}`);
  }

  settled<T>(what: string, pending: Promise<T>): Promise<T> {
    return this.proof.settled(what, pending);
  }
}
