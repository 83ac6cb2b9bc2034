import { setTimeout as delay } from 'node:timers/promises'

export interface RetryPace {
  /** The longest first pause, in milliseconds. It doubles with each try. */
  readonly first: number
  /** No pause is longer, in milliseconds. */
  readonly longest: number
}

/** The last try gets so many milliseconds: a write that is given up leaves its outcome unknown. */
const LAST_TRY = 50

/** Exponential back-off with full jitter, so that writers who met once do not meet again. */
export class Retries {
  readonly #until: number
  readonly #pace: RetryPace
  #made = 0

  /** @param until when the time for another try is over, by `performance.now()` */
  constructor(until: number, pace: RetryPace) {
    this.#until = until
    this.#pace = pace
  }

  /** Pauses before the next try. False, at once, when the time for another one is over. */
  async next(): Promise<boolean> {
    const { first, longest } = this.#pace
    const left = this.#until - performance.now() - LAST_TRY
    if (left <= 0) return false
    const pause = Math.min(left, Math.random() * Math.min(longest, first * 2 ** this.#made))
    this.#made += 1
    await delay(pause)
    return performance.now() < this.#until
  }
}
