import {
  type EventStore,
  inMemoryEventStore,
  type StoredEvent,
} from '../../lib/event-sourcing/index.ts'

export interface TearingStore {
  readonly store: EventStore
  /** Until so many more reads have been made, reads do not show these events. */
  hide(reads: number, isHidden: (event: StoredEvent) => boolean): void
}

/** Shows parts of what it holds, as DynamoDB may while a transaction goes on. */
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
