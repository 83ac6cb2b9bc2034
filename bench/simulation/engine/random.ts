/**
 * A seeded generator of random numbers: xoshiro128**, https://prng.di.unimi.it/xoshiro128starstar.c.
 * The same seed gives the same numbers on every machine.
 */
export class Random {
  #one: number
  #two: number
  #three: number
  #four: number

  /** @param seed a whole number */
  constructor(seed: number) {
    // Splitmix32 spreads the seed, because xoshiro must not begin with zeros.
    let mixed = seed >>> 0
    const spread = () => {
      mixed = (mixed + 0x9e3779b9) >>> 0
      let value = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
      value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35)
      return value ^ (value >>> 16)
    }
    this.#one = spread()
    this.#two = spread()
    this.#three = spread()
    this.#four = spread()
  }

  /** Returns a number from 0 up to, but without, 1. */
  next(): number {
    const two = this.#two
    const third = this.#three ^ this.#one
    const fourth = this.#four ^ two
    this.#two = two ^ third
    this.#one ^= fourth
    this.#three = third ^ (two << 9)
    this.#four = rotated(fourth, 11)
    return (Math.imul(rotated(Math.imul(two, 5), 7), 9) >>> 0) / 2 ** 32
  }

  /** Returns a whole number from 0 up to, but without, a limit. */
  below(limit: number): number {
    return Math.floor(this.next() * limit)
  }

  /** Returns a time with an exponential distribution: that between two arrivals at random. */
  exponential(mean: number): number {
    return -mean * Math.log(1 - this.next())
  }
}

/** The pauses between retries, in milliseconds. */
export interface Pace {
  readonly first: number
  readonly longest: number
}

/** Returns the pause before a retry: full jitter below a bound that doubles. */
export function pause(random: Random, pace: Pace, retries: number): number {
  return random.next() * Math.min(pace.longest, pace.first * 2 ** retries)
}

function rotated(value: number, by: number): number {
  return (value << by) | (value >>> (32 - by))
}

/** The distribution of a duration around its mean. */
export type Spread = 'none' | 'exponential' | 'long tail'

const STEPS = 4096
/** The deviation of the logarithm: the 99th percentile is about three times the median. */
const SIGMA = 0.5
/** Quantiles of a log-normal distribution with the mean 1, so that a sample costs one look-up. */
const LONG_TAIL = quantiles()

/** Returns a random duration with a mean. */
export function duration(random: Random, mean: number, spread: Spread): number {
  if (spread === 'none') return mean
  if (spread === 'exponential') return random.exponential(mean)
  return mean * (LONG_TAIL[random.below(STEPS)] ?? 1)
}

function quantiles(): Float64Array {
  const values = Float64Array.from({ length: STEPS }, (_, index) =>
    Math.exp(SIGMA * normalQuantile((index + 0.5) / STEPS)),
  )
  const mean = values.reduce((sum, value) => sum + value, 0) / STEPS
  return values.map((value) => value / mean)
}

/** Returns a quantile of the normal distribution, by bisection of its distribution function. */
function normalQuantile(share: number): number {
  let [low, high] = [-8, 8]
  while (high - low > 1e-9) {
    const middle = (low + high) / 2
    if (normalShareBelow(middle) < share) low = middle
    else high = middle
  }
  return low
}

/** Abramowitz and Stegun, 26.2.17: the error is below 1e-7. */
function normalShareBelow(value: number): number {
  if (value < 0) return 1 - normalShareBelow(-value)
  const part = 1 / (1 + 0.2316419 * value)
  const series = [0.31938153, -0.356563782, 1.781477937, -1.821255978, 1.330274429]
  const sum = series.reduceRight((total, factor) => (total + factor) * part, 0)
  return 1 - (Math.exp(-(value ** 2) / 2) / Math.sqrt(2 * Math.PI)) * sum
}
