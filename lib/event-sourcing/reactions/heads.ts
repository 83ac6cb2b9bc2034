import { isEventSourcingError } from '../errors.ts'
import type { EventStore } from '../store/event-store.ts'

/** A resource, and a number of its that is there. */
export interface Head {
  readonly id: string
  readonly seen: number
  /** There may be higher ones. */
  readonly isCut?: boolean
}

export interface Heads {
  readonly heads: readonly Head[]
  /** The resource whose events go on, or may do so, in the next page. */
  readonly open: Head | undefined
}

/**
 * The newest number of every resource in a store, from behind one on. It comes to its end past
 * whatever is no event.
 * @throws StoreUnavailable
 */
export async function* headsOf(store: EventStore, after?: string): AsyncGenerator<Heads> {
  let from = after
  let about: number | undefined
  for (;;) {
    let open: Head | undefined
    try {
      for await (const page of store.scan({ after: from, about })) {
        const heads: Head[] = []
        for (const { id, number } of page) {
          if (open && open.id !== id) heads.push(open)
          open = { id, seen: number }
        }
        yield { heads, open }
      }
      yield { heads: open ? [open] : [], open: undefined }
      return
    } catch (error) {
      const broken = brokenIn(error)
      // A page is read as a whole, or not at all: from here on, small ones tell what is before it.
      const isNext = about !== undefined && !open
      about = 1
      const last: Head | undefined = open ? { ...open, isCut: true } : isNext ? broken : undefined
      if (!last) continue
      yield { heads: [last], open: undefined }
      from = last.id
    }
  }
}

/** @throws the error, unless it says what is no event */
function brokenIn(error: unknown): Head {
  if (isEventSourcingError(error, 'CorruptHistory')) {
    const { id, number } = error.data
    if (typeof id === 'string' && typeof number === 'number') return { id, seen: number }
  }
  throw error
}
