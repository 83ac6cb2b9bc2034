import { AsyncLocalStorage } from 'node:async_hooks'

/** How long a piece of work goes on where nobody has set a time for it, in milliseconds. */
export const STANDARD_TIME = 10_000

const deadlines = new AsyncLocalStorage<number>()

/**
 * Does work that has so many milliseconds: whatever the framework retries in it (conflicts,
 * throttling, a store that does not answer) ends by then, with an error that says so. A function
 * gives the time that Lambda leaves it. Within work that has less time already, that holds.
 * Default, without it: 10 seconds for each call.
 */
export function within<T>(milliseconds: number, work: () => T): T {
  const outer = deadlines.getStore() ?? Number.POSITIVE_INFINITY
  return deadlines.run(Math.min(outer, performance.now() + milliseconds), work)
}

/** Does work of several requests, which have the time of one call together. */
export function inOneTime<T>(work: () => T): T {
  return deadlines.run(deadline(), work)
}

/** When the work under way has to end, by `performance.now()`. */
export function deadline(): number {
  return deadlines.getStore() ?? performance.now() + STANDARD_TIME
}
