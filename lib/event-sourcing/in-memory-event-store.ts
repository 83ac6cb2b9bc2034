import type { StoredEvent } from './event.ts'
import type { EventStore } from './event-store.ts'

/** Options of {@link inMemoryEventStore}. */
export interface InMemoryEventStoreOptions {
  /** Default: `memory`. */
  readonly name?: string
  /** Events in a page, so that tests meet page borders. Default: 1000. */
  readonly pageSize?: number
}

/** A store for tests and trials. It lives and dies with its process; it behaves as DynamoDB does. */
export function inMemoryEventStore(options: InMemoryEventStoreOptions = {}): EventStore {
  const { name = 'memory', pageSize = 1000 } = options
  const histories = new Map<string, StoredEvent[]>()

  return {
    name,

    async append(event) {
      const history = histories.get(event.id) ?? []
      const by = history.find(({ number }) => number === event.number)
      if (by?.meta.commandId === event.meta.commandId) return { outcome: 'stored' }
      if (by) return { outcome: 'taken', by: structuredClone(by) }
      history.push(structuredClone(event))
      history.sort((one, other) => one.number - other.number)
      histories.set(event.id, history)
      return { outcome: 'stored' }
    },

    async *history(id, { after = 0, limit = Number.POSITIVE_INFINITY } = {}) {
      let position = after
      let left = limit
      while (left > 0) {
        const rest = (histories.get(id) ?? []).filter(({ number }) => number > position)
        const page = rest.slice(0, Math.min(pageSize, left))
        if (page.length > 0) yield structuredClone(page)
        if (page.length === rest.length) return
        left -= page.length
        position = page.at(-1)?.number ?? position
      }
    },

    async *scan(after) {
      let key = { id: after ?? '', number: after === undefined ? 0 : Number.MAX_SAFE_INTEGER }
      for (;;) {
        const { id, number } = key
        const rest = [...histories.keys()].sort().flatMap((candidate) => {
          if (candidate < id) return []
          const history = histories.get(candidate) ?? []
          return candidate === id ? history.filter((event) => event.number > number) : history
        })
        const page = rest.slice(0, pageSize)
        if (page.length > 0) yield structuredClone(page)
        const last = page.at(-1)
        if (!last || page.length === rest.length) return
        key = { id: last.id, number: last.number }
      }
    },
  }
}
