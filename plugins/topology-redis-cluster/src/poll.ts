import { formatEndpoint } from '@shardmux/plugin-api';
import type { Address } from './address.js';
import type { ClusterView } from './cluster-view.js';

/** How many are asked at once. Another one is asked for each that does not answer, or says that the cluster is down. */
const AT_ONCE = 5;
/** How many must say that the cluster is up: most of those asked at once. The others may be cut off, or frozen. */
const ENOUGH = 3;
/** How long the others may take once as many have answered, whatever they say, in ms. */
const GRACE = 100;
/** How many are asked at most: a cluster may have a thousand servers. */
const MOST = 15;

/** Asks one server. */
export type Ask = (address: Address) => Promise<ClusterView>;

/**
 * Asks several servers of a cluster what it looks like, those too that it hears of meanwhile.
 *
 *   queue ──► asked, AT_ONCE of them ──► views and faults
 *     ▲                                    │
 *     └── servers that a view names ───────┘
 *
 * It is over when ENOUGH say that it is up, or GRACE after as many have answered, or when nobody is left to ask.
 */
export class Poll {
  readonly views: ClusterView[] = [];
  readonly faults: string[] = [];
  readonly #ask: Ask;
  readonly #queue = new Map<string, Address>();
  #asked = 0;
  #pending = 0;
  #isOver = false;
  #grace: NodeJS.Timeout | undefined;
  #resolve: () => void = () => {};

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  /** @param candidates whom to ask first; the same one may stand there twice. */
  async run(candidates: Iterable<Address>): Promise<void> {
    this.#add(candidates);
    await new Promise<void>((resolve) => {
      this.#resolve = resolve;
      this.#advance();
    });
  }

  #add(candidates: Iterable<Address>): void {
    for (const address of candidates) {
      const key = formatEndpoint(address);
      if (!this.#queue.has(key)) this.#queue.set(key, address);
    }
  }

  #advance(): void {
    if (this.#isOver) return;
    const ups = this.views.filter(({ isUp }) => isUp).length;
    const isEnough = ups >= ENOUGH;
    const next = [...this.#queue.values()].slice(this.#asked, MOST);
    for (const address of isEnough ? [] : next.slice(0, AT_ONCE - this.#pending - ups))
      void this.#askOne(address);
    if (isEnough || this.#pending === 0) this.#end();
    else if (this.views.length >= ENOUGH) this.#grace ??= setTimeout(() => this.#end(), GRACE);
  }

  #end(): void {
    this.#isOver = true;
    clearTimeout(this.#grace);
    this.#resolve();
  }

  async #askOne(address: Address): Promise<void> {
    this.#asked++;
    this.#pending++;
    try {
      const view = await this.#ask(address);
      this.views.push(view);
      this.#add(addressesOf(view));
    } catch (error) {
      this.faults.push((error as Error).message);
    }
    this.#pending--;
    this.#advance();
  }
}

/** All servers that a view names. */
export function addressesOf({ shards }: ClusterView): Address[] {
  return shards.flatMap(({ primary, replicas }) => [primary, ...replicas].map(({ address }) => address));
}
