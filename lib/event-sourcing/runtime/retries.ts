import { setTimeout as delay } from 'node:timers/promises'

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
