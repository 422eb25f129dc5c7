import type { Request } from '../request/request.js';

/** The link that what waits is for. */
export interface DeferringLink {
  defer(request: Request): void;
  admit(request: Request): void;
}

/**
 * The reads that one session has under way on the replicas of one shard, and what waits behind them.
 *
 *   read ──────────────────► a replica ──► returned: answered, or the primary has it
 *                                             │
 *   what the primary is sent ──► deferred ────┴─ all reads before it ──► admitted
 *
 * A replica may have a write before it answers a read: so no read finds what its session writes behind it.
 *
 * Reads on one replica return in the order in which they were sent, so that a number tells which are before a request.
 * When others are read from instead, what is under way there still is counted apart.
 */
export class ShardReads {
  #replica = 0;
  #sent = 0;
  #returned = 0;
  /** Under way from before the replica was another one: how many, and how many on each. */
  #older = 0;
  readonly #olderOn: number[] = [];
  #link: DeferringLink | null = null;
  #first: Request | null = null;
  #last: Request | null = null;

  sent(replica: number): void {
    if (replica !== this.#replica) this.#turnTo(replica);
    this.#sent++;
  }

  #turnTo(replica: number): void {
    const underWay = this.#sent - this.#returned;
    this.#olderOn[this.#replica] = (this.#olderOn[this.#replica] ?? 0) + underWay;
    this.#older += underWay;
    this.#returned = this.#sent;
    this.#replica = replica;
  }

  returned(replica: number): void {
    if (this.#olderOn[replica] > 0) {
      this.#olderOn[replica]--;
      this.#older--;
    } else {
      this.#returned++;
    }
    while (this.#first !== null && this.#isDue(this.#first)) this.#admit(this.#first);
  }

  #isDue(request: Request): boolean {
    return this.#older === 0 && request.behind <= this.#returned;
  }

  /** Whether it has to wait; then `link` takes it for good only when the reads before it are over. */
  defer(link: DeferringLink, request: Request): boolean {
    request.behind = this.#sent;
    if (this.#first === null && this.#isDue(request)) return false;
    link.defer(request);
    this.#link = link;
    if (this.#first === null) this.#first = request;
    else (this.#last as Request).nextInLink = request;
    this.#last = request;
    return true;
  }

  #admit(request: Request): void {
    this.#first = request.nextInLink;
    request.nextInLink = null;
    (this.#link as DeferringLink).admit(request);
  }
}
