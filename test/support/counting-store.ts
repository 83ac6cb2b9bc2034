import type { EventStore } from '../../lib/event-sourcing/index.ts'

/** The calls that a store received. A transaction counts as one append. */
export interface Calls {
  append: number
  history: number
  scan: number
  /** The numbers after which histories were read. */
  after: number[]
}

/**
 * Counts the calls of a store. Changes the store in place, so that its kind still recognizes it.
 */
export function countCalls(store: EventStore): Calls {
  const calls: Calls = { append: 0, history: 0, scan: 0, after: [] }
  const { append, transact, history, scan } = store
  Object.assign(store, {
    append(...args: Parameters<typeof append>) {
      calls.append += 1
      return append(...args)
    },
    transact(...args: Parameters<typeof transact>) {
      calls.append += 1
      return transact(...args)
    },
    history(...args: Parameters<typeof history>) {
      calls.history += 1
      calls.after.push(args[1]?.after ?? 0)
      return history(...args)
    },
    scan(...args: Parameters<typeof scan>) {
      calls.scan += 1
      return scan(...args)
    },
  })
  return calls
}
