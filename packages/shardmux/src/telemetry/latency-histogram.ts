/** Microseconds: what takes less is in the first bucket. */
const MIN = 10;
/** From 10 µs to 100 s; what takes longer is in the last bucket. */
const DECADES = 7;
const PER_DECADE = 90;
const BUCKETS = 1 + DECADES * PER_DECADE + 1;

/** A histogram's contents as plain data, to be sent to another process. Times in ms. */
export interface LatencyFigures {
  readonly count: number;
  readonly sum: number;
  readonly max: number;
  /** By bucket number, those that are not empty. */
  readonly buckets: readonly (readonly [bucket: number, count: number])[];
}

/**
 * How often which latency was seen. Buckets are log-linear with two decimal digits: 1.0, 1.1 … 9.9, 10, 11 … 99,
 * 100, 110 …, so that every boundary one is likely to ask for is one, and what is between them is off by a tenth
 * at most. Recording allocates nothing.
 */
export class LatencyHistogram {
  readonly #counts = new Float64Array(BUCKETS);
  #count = 0;
  #sum = 0;
  #max = 0;

  get count(): number {
    return this.#count;
  }

  /** In ms. */
  get sum(): number {
    return this.#sum;
  }

  /** In ms. */
  get max(): number {
    return this.#max;
  }

  /** @param latency in ms. */
  record(latency: number): void {
    this.#counts[bucketOf(latency)]++;
    this.#count++;
    this.#sum += latency;
    if (latency > this.#max) this.#max = latency;
  }

  add({ count, sum, max, buckets }: LatencyFigures): void {
    for (const [bucket, seen] of buckets) this.#counts[bucket] += seen;
    this.#count += count;
    this.#sum += sum;
    this.#max = Math.max(this.#max, max);
  }

  /** The latency in ms that a share (0 to 1) of all did not exceed, or a tenth more; 0 where there are none. */
  quantile(share: number): number {
    const rank = share * this.#count;
    let seen = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      seen += this.#counts[bucket];
      if (seen >= rank && seen > 0) return Math.min(upperBound(bucket), this.#max);
    }
    return 0;
  }

  /**
   * How many lie below each boundary and not below the one before, and above the last: one number more.
   * @param boundaries in ms, ascending, of two digits.
   */
  countsBetween(boundaries: readonly number[]): number[] {
    const ends = [...boundaries.map(bucketOf), BUCKETS];
    return ends.map((end, i) => {
      let count = 0;
      for (let bucket = i === 0 ? 0 : ends[i - 1]; bucket < end; bucket++) count += this.#counts[bucket];
      return count;
    });
  }

  figures(): LatencyFigures {
    const buckets = [...this.#counts.entries()].filter(([, count]) => count > 0);
    return { count: this.#count, sum: this.#sum, max: this.#max, buckets };
  }
}

function bucketOf(latency: number): number {
  let scaled = latency * 1_000;
  if (!(scaled >= MIN)) return 0;
  let bucket = 1 - MIN;
  while (scaled >= MIN + PER_DECADE) {
    scaled /= 10;
    bucket += PER_DECADE;
  }
  return Math.min(bucket + Math.floor(scaled), BUCKETS - 1);
}

/** In ms. */
function upperBound(bucket: number): number {
  if (bucket === BUCKETS - 1) return Number.POSITIVE_INFINITY;
  const decade = Math.floor((bucket - 1) / PER_DECADE);
  const digits = bucket === 0 ? MIN : MIN + bucket - decade * PER_DECADE;
  return (digits * 10 ** Math.max(decade, 0)) / 1_000;
}
