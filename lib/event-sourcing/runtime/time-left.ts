import { AsyncLocalStorage } from 'node:async_hooks'

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
