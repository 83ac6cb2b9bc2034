import {
  type EventStore,
  inMemoryEventStore,
  type StoredEvent,
} from '../../lib/event-sourcing/index.ts'

export interface TearingStore {
  readonly store: EventStore
  /** Hides these events until `reads` more reads have been made. */
  hide(reads: number, isHidden: (event: StoredEvent) => boolean): void
}

/** Returns a store that shows only parts of its events, as DynamoDB can during a transaction. */
export function tearingStore(): TearingStore {
  const store = inMemoryEventStore({ pageSize: 3 })
  let left = 0
  let hidden: (event: StoredEvent) => boolean = () => false
  const { history, scan } = store

  async function* torn(pages: AsyncIterable<readonly StoredEvent[]>) {
    const isTorn = left > 0
    left -= 1
    for await (const page of pages) {
      const shown = isTorn ? page.filter((event) => !hidden(event)) : page
      if (shown.length > 0) yield shown
    }
  }

  Object.assign(store, {
    history: (...args: Parameters<typeof history>) => torn(history(...args)),
    scan: (...args: Parameters<typeof scan>) => torn(scan(...args)),
  })
  return {
    store,
    hide(reads, isHidden) {
      left = reads
      hidden = isHidden
    },
  }
}
