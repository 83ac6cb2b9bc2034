import { bindingOf } from '../binding.ts'
import { isEventSourcingError } from '../errors.ts'
import type { StoredEvent } from '../event.ts'
import { handles } from '../state/handlers.ts'
import { contiguousHistory } from '../state/history.ts'
import type { EventStore } from '../store/event-store.ts'
import { unknownEventError } from './reaction-to.ts'
import { type AnyReactor, TakeInFailed } from './reactor.ts'

export interface StoredPage {
  readonly page: readonly StoredEvent[]
  /** Whether this is the last page. */
  readonly isLast: boolean
}

/**
 * Returns a resource's events in their stored form. An event that cannot be upcast therefore does
 * not block the events before it. Before an error, returns all events that precede the broken or
 * missing one.
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
    // A page fails as a whole, so the events before the broken one are read separately.
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

/**
 * Returns a resource's events after a number, in today's shape, for a batch reactor. Before an error,
 * returns all events that precede it.
 * @throws TakeInFailed for an event whose upcaster fails, or whose type only newer code knows;
 * CorruptHistory; StoreUnavailable
 */
export async function* currentHistory(
  of: AnyReactor['of'],
  id: string,
  after: number,
): AsyncGenerator<readonly StoredEvent[]> {
  const { store, upcast } = bindingOf(of)
  for await (const { page } of storedHistory(store, id, after)) {
    const events: StoredEvent[] = []
    for (const stored of page) {
      let failure: unknown
      try {
        const event = upcast(stored)
        if (handles(of, event.type)) {
          events.push(event)
          continue
        }
        failure = unknownEventError(event)
      } catch (error) {
        failure = error
      }
      if (events.length > 0) yield events
      throw new TakeInFailed(stored, failure)
    }
    yield events
  }
}

/**
 * Returns the number of the last event created before an instant, in milliseconds. The events before
 * it are earlier too, even if a clock that ran ahead has dated them later.
 */
export async function lastBefore(store: EventStore, id: string, at: number): Promise<number> {
  let last = 0
  let isLater = false
  try {
    // The events only need a number and a date here, so gaps and unknown types do not matter.
    for await (const page of store.history(id)) {
      for (const { number, created } of page) {
        if (Date.parse(created) < at) last = number
        else isLater = true
      }
    }
    return last
  } catch (error) {
    const broken = brokenAt(error)
    if (broken === undefined) throw error
    return isLater ? last : broken - 1
  }
}

/** Returns the number of the broken or missing event. Returns undefined for any other error. */
function brokenAt(error: unknown): number | undefined {
  if (!isEventSourcingError(error, 'CorruptHistory')) return undefined
  const { number } = error.data
  return typeof number === 'number' ? number : undefined
}
