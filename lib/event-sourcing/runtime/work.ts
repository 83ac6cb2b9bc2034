import { AsyncLocalStorage } from 'node:async_hooks'

/**
 * What a function does: it answers a query, runs a command, or reacts to an event. A query cannot
 * commit. A command and a reaction create resources only on purpose: see `creates` in CommandOptions.
 */
export type Work = 'query' | 'command' | 'reaction'

const works = new AsyncLocalStorage<Work>()

/** Marks everything that `run` does as this kind of work. */
export function during<T>(work: Work, run: () => T): T {
  return works.run(work, run)
}

/** Returns undefined in code of your own, such as a script or a test. */
export function currentWork(): Work | undefined {
  return works.getStore()
}
