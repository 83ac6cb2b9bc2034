import { AsyncLocalStorage } from 'node:async_hooks'
import { setTimeout as delay } from 'node:timers/promises'

/** The default time limit of one call, in milliseconds. */
export const STANDARD_TIME = 10_000

const deadlines = new AsyncLocalStorage<number>()

/**
 * Runs work with a time limit in milliseconds. All retries inside the work (conflicts, throttling,
 * a store that does not answer) stop at the limit and fail with an error. A function passes the
 * time that Lambda leaves it. An outer limit that ends earlier still applies. Default without
 * `within`: 10 seconds for each call.
 */
export function within<T>(milliseconds: number, work: () => T): T {
  const outer = deadlines.getStore() ?? Number.POSITIVE_INFINITY
  return deadlines.run(Math.min(outer, performance.now() + milliseconds), work)
}

/** Runs work that makes several requests within the time limit of one call. */
export function inOneTime<T>(work: () => T): T {
  return deadlines.run(deadline(), work)
}

/** Returns the time limit of the current work, as a value of `performance.now()`. */
export function deadline(): number {
  return deadlines.getStore() ?? performance.now() + STANDARD_TIME
}

export interface RetryPace {
  /** The upper bound of the first pause, in milliseconds. Doubles with each retry. */
  readonly first: number
  /** The upper bound of every pause, in milliseconds. */
  readonly longest: number
  /** The maximum number of retries. Default: no limit. */
  readonly most?: number
}

/** Milliseconds reserved for the last attempt. An aborted write has an unknown outcome. */
const LAST_TRY = 50

/**
 * Retries with exponential back-off and full jitter, so that writers that collided once spread out.
 */
export class Retries {
  readonly #until: number
  readonly #pace: RetryPace
  #made = 0

  /** @param until the end of the time for retries, as a value of `performance.now()`; default: none */
  constructor(pace: RetryPace, until = Number.POSITIVE_INFINITY) {
    this.#pace = pace
    this.#until = until
  }

  /** Pauses before the next attempt. Returns false at once after the last one. */
  async next(): Promise<boolean> {
    const { first, longest, most = Number.POSITIVE_INFINITY } = this.#pace
    const left = this.#until - performance.now() - LAST_TRY
    if (left <= 0 || this.#made >= most) return false
    const pause = Math.min(left, Math.random() * Math.min(longest, first * 2 ** this.#made))
    this.#made += 1
    await delay(pause)
    return performance.now() < this.#until
  }
}
