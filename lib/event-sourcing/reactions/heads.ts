import type { EventStore } from '../store/event-store.ts'
import { brokenItemOf } from '../store/stored-event.ts'

/** A resource and the number of one of its stored events. */
export interface Head {
  readonly id: string
  readonly seen: number
  /** Whether the resource may have events with higher numbers. */
  readonly isCut?: boolean
}

export interface Heads {
  readonly heads: readonly Head[]
  /** The resource whose events continue, or may continue, in the next page. */
  readonly open: Head | undefined
}

/**
 * Returns the newest number of every resource in a store, starting after an id. Continues behind
 * items that are not events.
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
      const broken = brokenItemOf(error)
      if (!broken) throw error
      // A page fails as a whole, so small pages find the resources before the broken item.
      const isNext = about !== undefined && !open
      about = 1
      const next = isNext ? { id: broken.id, seen: broken.number } : undefined
      const last: Head | undefined = open ? { ...open, isCut: true } : next
      if (!last) continue
      yield { heads: [last], open: undefined }
      from = last.id
    }
  }
}
