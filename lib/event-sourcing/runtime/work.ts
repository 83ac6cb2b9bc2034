import { AsyncLocalStorage } from 'node:async_hooks'

/**
 * The kind of a function's work. A query cannot commit. A command and a reaction create resources
 * only on purpose: see `creates` in CommandOptions.
 */
export type Work = 'query' | 'command' | 'reaction'

interface Current {
  readonly work: Work
  readonly depth: number
}

const currents = new AsyncLocalStorage<Current>()

/**
 * Marks everything that `run` does as this kind of work.
 * @param depth the number of reactions, one caused by the other, up to this one. Default: 0.
 */
export function during<T>(work: Work, run: () => T, depth = 0): T {
  return currents.run({ work, depth }, run)
}

/** Returns undefined in code of your own, such as a script or a test. */
export function currentWork(): Work | undefined {
  return currents.getStore()?.work
}

/** Returns the number of reactions that led to the current work; 0 outside of a reaction. */
export function currentDepth(): number {
  return currents.getStore()?.depth ?? 0
}
