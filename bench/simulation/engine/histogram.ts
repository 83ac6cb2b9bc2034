/** Counts durations in buckets of 2 %, so that quantiles need little memory. */
export class Histogram {
  readonly #counts = new Float64Array(BUCKETS)
  #count = 0
  #sum = 0

  /** @param value in milliseconds */
  add(value: number): void {
    const place = value <= SMALLEST ? 0 : Math.ceil(Math.log(value / SMALLEST) / STEP)
    const bucket = Math.min(BUCKETS - 1, place)
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1
    this.#count += 1
    this.#sum += value
  }

  get count(): number {
    return this.#count
  }

  get mean(): number {
    return this.#sum / this.#count
  }

  /** Returns the duration that a share of all does not exceed. NaN if there are none. */
  quantile(share: number): number {
    if (this.#count === 0) return Number.NaN
    let left = share * this.#count
    for (const [bucket, count] of this.#counts.entries()) {
      left -= count
      if (left <= 0) return SMALLEST * Math.exp(bucket * STEP)
    }
    return Number.POSITIVE_INFINITY
  }
}

/** In milliseconds. */
const SMALLEST = 0.01
const STEP = Math.log(1.02)
/** Enough for 24 hours. */
const BUCKETS = Math.ceil(Math.log(86_400_000 / SMALLEST) / STEP) + 2
