import { isEventSourcingError } from '../errors.ts'
import type { StoredEvent } from '../event.ts'
import { contiguousHistory } from '../state/history.ts'
import type { EventStore } from '../store/event-store.ts'

export interface StoredPage {
  readonly page: readonly StoredEvent[]
  /** No other page follows. */
  readonly isLast: boolean
}

/**
 * A resource's events as they are stored, so that one that cannot be read in today's shape keeps
 * nobody from those before it. Gives all that precede what is no event, or is missing, before it
 * throws.
 * @throws CorruptHistory, StoreUnavailable
 */
export async function* storedHistory(
  store: EventStore,
  id: string,
  after: number,
): AsyncGenerator<StoredPage> {
  let last = after
  let page: readonly StoredEvent[] = []
  try {
    for await (const next of contiguousHistory(store, id, { after })) {
      if (page.length > 0) yield { page, isLast: false }
      page = next
      last += page.length
    }
  } catch (error) {
    if (page.length > 0) yield { page, isLast: false }
    // A page is read as a whole, or not at all.
    const limit = (brokenAt(error) ?? 0) - 1 - last
    if (limit > 0) {
      for await (const page of contiguousHistory(store, id, { after: last, limit })) {
        yield { page, isLast: false }
      }
    }
    throw error
  }
  if (page.length > 0) yield { page, isLast: true }
}

/** The number of the last event that was committed before an instant, in milliseconds. */
export async function lastBefore(store: EventStore, id: string, at: number): Promise<number> {
  let last = 0
  try {
    // Whether any of these can be handled, or is missing, is no matter.
    for await (const page of store.history(id)) {
      for (const { number, created } of page) {
        if (Date.parse(created) >= at) return last
        last = number
      }
    }
    return last
  } catch (error) {
    const broken = brokenAt(error)
    if (broken === undefined) throw error
    return broken - 1
  }
}

/** The number of what is not, or not whole, in a history. Undefined for any other error. */
function brokenAt(error: unknown): number | undefined {
  if (!isEventSourcingError(error, 'CorruptHistory')) return undefined
  const { number } = error.data
  return typeof number === 'number' ? number : undefined
}
