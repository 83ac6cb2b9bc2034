import type { StoredEvent } from '../event.ts'
import type { EventStore, ScanRange, Step } from './event-store.ts'
import { isSameEvent } from './stored-event.ts'

/** Options of {@link inMemoryEventStore}. */
export interface InMemoryEventStoreOptions {
  /** Default: `memory`. */
  readonly name?: string
  /** The number of events per page, so that tests cover page borders. Default: 1000. */
  readonly pageSize?: number
}

type Histories = Map<string, StoredEvent[]>

/** The histories of all in-memory stores, so that a transaction can span several of them. */
const contents = new WeakMap<EventStore, Histories>()

/**
 * Returns an event store in memory, for tests and experiments. It behaves like the DynamoDB store.
 * Its events are lost when the process ends.
 */
export function inMemoryEventStore(options: InMemoryEventStoreOptions = {}): EventStore {
  const { name = 'memory', pageSize = 1000 } = options
  const histories: Histories = new Map()

  const store: EventStore = {
    name,

    async append(event) {
      const by = at(histories, event.id, event.number)
      if (by && !isSameEvent(by, event)) return { outcome: 'taken', by: structuredClone(by) }
      if (!by) put(histories, event)
      return { outcome: 'stored' }
    },

    async transact(steps) {
      const by = steps.map((step) => at(contentOf(step), step.id, step.number))
      const puts = steps.flatMap((step) => (step.event ? [{ step, event: step.event }] : []))
      if (puts.length === 0) throw new TypeError('A transaction must contain an event')
      const isOurs = steps.every(({ event }, index) => {
        const stored = by[index]
        return event === undefined || (stored !== undefined && isSameEvent(stored, event))
      })
      if (isOurs) return { outcome: 'stored' }
      if (by.some((stored) => stored)) return { outcome: 'taken', by: structuredClone(by) }
      for (const { step, event } of puts) put(contentOf(step), event)
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

    async *owned(owner, { after, about = pageSize } = {}) {
      const ids = [...histories.entries()]
        .filter(([, events]) => events.some(({ meta }) => meta.isNewOwner && meta.owner === owner))
        .map(([id]) => id)
        .filter((id) => after === undefined || id > after)
        .sort()
      const size = Math.min(about, pageSize)
      for (let start = 0; start < ids.length; start += size) yield ids.slice(start, start + size)
    },

    async *scan({ after, about = pageSize, segment } = {}) {
      let size = Math.min(about, pageSize)
      let key = { id: after ?? '', number: after === undefined ? 0 : Number.MAX_SAFE_INTEGER }
      for (;;) {
        const { id, number } = key
        const ids = [...histories.keys()].sort().filter((candidate) => isIn(candidate, segment))
        const rest = ids.flatMap((candidate) => {
          if (candidate < id) return []
          const history = histories.get(candidate) ?? []
          return candidate === id ? history.filter((event) => event.number > number) : history
        })
        const page = rest.slice(0, size)
        if (page.length > 0) yield structuredClone(page)
        const last = page.at(-1)
        if (!last || page.length === rest.length) return
        key = { id: last.id, number: last.number }
        size = Math.min(size * 2, pageSize)
      }
    },
  }
  contents.set(store, histories)
  return store
}

function contentOf({ store }: Step): Histories {
  const histories = contents.get(store)
  if (histories) return histories
  throw new TypeError(
    `${store.name} is a store of another kind: a transaction needs stores of one kind`,
  )
}

function at(histories: Histories, id: string, number: number): StoredEvent | undefined {
  return histories.get(id)?.find((event) => event.number === number)
}

function put(histories: Histories, event: StoredEvent): void {
  const history = histories.get(event.id) ?? []
  history.push(structuredClone(event))
  history.sort((one, other) => one.number - other.number)
  histories.set(event.id, history)
}

function isIn(id: string, segment: ScanRange['segment']): boolean {
  if (!segment) return true
  const sum = Array.from(id).reduce((total, letter) => total + (letter.codePointAt(0) ?? 0), 0)
  return sum % segment.of === segment.index
}
