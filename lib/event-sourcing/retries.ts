import { setTimeout as delay } from 'node:timers/promises'

/** How long a commit goes on after conflicts with other writers, in milliseconds. */
export const RETRY_FOR = 10_000
const FIRST_PAUSE = 10
const LONGEST_PAUSE = 500

/** Exponential back-off with full jitter, so that writers who met once do not meet again. */
export class Retries {
  readonly #until = Date.now() + RETRY_FOR
  #made = 0

  /** Pauses before the next try. False, at once, when the time for another one is over. */
  async next(): Promise<boolean> {
    const longest = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** this.#made)
    const pause = Math.random() * longest
    if (Date.now() + pause > this.#until) return false
    this.#made += 1
    await delay(pause)
    return true
  }
}
